// Makes calls with npm's `activecampaign-api`, one after the other, as they are asked for on the standard input, and
// prints what it returns.
const ApiClient = require("activecampaign-api").ApiClient || require("activecampaign-api");

const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const client = new ApiClient({ endpointUrl: asked.url, key: asked.key });

(async () => {
  const answers = [];
  for (const [method, action, query, body] of asked.calls) {
    answers.push(await client.call(action, query, method, body));
  }
  process.stdout.write(JSON.stringify(answers));
})();
