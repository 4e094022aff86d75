// Makes calls with npm's `activecampaign`, one after the other, as they are asked for on the standard input, and prints
// what it returns; of a call that it rejects, what it says.
const ActiveCampaign = require("activecampaign");

const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const client = new ActiveCampaign(asked.url, asked.key);

(async () => {
  const answers = [await client.credentials_test()];
  for (const [path, fields] of asked.calls) {
    answers.push(await client.api(path, fields).catch((said) => ({ rejected: said })));
  }
  process.stdout.write(JSON.stringify(answers));
})();
