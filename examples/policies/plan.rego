# A policy over plan documents, for conftest and OPA:
#
#   agencyfile plan --json >plan.json
#   conftest test --policy policies plan.json
#
# `deny` stops a pipeline, `warn` is only said. The form of the document: agencyfile schema plan.
package main

import rego.v1

# What this agency allows. Change it here, or load it as data.
most_per_month := 500

currency := "USD"

most_creations := 10

notified := "@northwind.example"

deny contains message if {
	not startswith(input.format_version, "2.")
	message := sprintf("plan document of format %s: this policy reads 2.x", [input.format_version])
}

deny contains message if {
	not input.applicable
	message := "the plan has errors"
}

# What a call of an earlier run came to is not known: nothing is decided on top of it.
deny contains message if {
	some intent in input.blocked
	message := sprintf("%s: the outcome of %s is not known", [intent.address, intent.operation])
}

# `actions` is a list, as in Terraform's plans: look for what you look for anywhere in it.
deny contains message if {
	some change in input.resource_changes
	"delete" in change.change.actions
	change.kind == "account"
	message := sprintf("%s: an account is ended by hand, not by a pipeline (%s)", [change.address, change.reason])
}

# Settings decide what an apply may do: who reads passwords, where keys go, what may be spent. A change of them is reviewed
# alone. Only the first apply of an agency records them beside other changes.
deny contains message if {
	some change in input.resource_changes
	change.effect == "guard"
	change.change.before != null
	count(input.resource_changes) > 1
	message := sprintf("%s: settings change in a plan of their own, without other changes", [change.address])
}

deny contains message if {
	some change in input.resource_changes
	change.effect == "billed"
	not price_of(change)
	message := sprintf("%s: a charge whose price is not told", [change.address])
}

deny contains message if {
	some sum in input.summary.per_month
	[amount, unit] := split(sum, " ")
	unit == currency
	to_number(amount) > most_per_month
	message := sprintf("%s per month more; %d %s are allowed", [sum, most_per_month, currency])
}

deny contains message if {
	some sum in array.concat(input.summary.charges_now, input.summary.per_month)
	not endswith(sum, sprintf(" %s", [currency]))
	message := sprintf("%s: charges are in %s here", [sum, currency])
}

deny contains message if {
	some change in input.resource_changes
	address := change.change.after.notification
	not endswith(address, notified)
	message := sprintf("%s: notifications go to %s, which is not ours", [change.address, address])
}

warn contains message if {
	input.summary.create > most_creations
	message := sprintf("%d objects at once", [input.summary.create])
}

warn contains message if {
	some change in input.resource_changes
	change.effect == "guard"
	some words in change.words
	message := sprintf("%s: settings, look twice: %s", [change.address, words])
}

warn contains message if {
	some change in input.resource_changes
	change.effect in {"permanent", "one-shot"}
	message := sprintf("%s: %s, look twice", [change.address, change.effect])
}

price_of(change) := change.price.now if change.price.now != null
