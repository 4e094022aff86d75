#!/bin/sh
# What the tests in browser/ and editor/ need beside Python. What is missing is installed where that is allowed: by root
# on Debian and its like; anybody else is told what to install.
set -eu
missing=""
for pair in chromium:"chromium fonts-liberation" chromedriver:chromium-driver node:nodejs npm:npm; do
  command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "make test-browser needs$missing (their names in Debian): install them, then run it again" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # several words
apt-get install -qq -y --no-install-recommends $missing >/dev/null
