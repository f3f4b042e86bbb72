// What a person would type to do what a row does: for reading along, for the choice "by hand", and for the day on which
// this program itself cannot run (`runbook show BOOK --by-hand`).
//
// A form is a line for a POSIX shell with places to be filled in:
//
//   {client}        the client of the target's kind and how it reaches it: redis-cli -u redis://10.0.0.7:6379
//   {url}           the url of an HTTP service, for a path to follow: https://api.lxd:8443/base
//   {health}        the argument `path`, or the health path of the target
//   {sent}          of a change, the last word of its first call: the body of a request
//   {headers}       the argument of that name, as curl takes it: -H 'Accept: text/plain'
//   {host}          its host; {address}: "host port", or "-U /path" for a socket, as nc takes it; {place}: "host:port".
//                   They are what its clients use when the argument `as` is "clients"
//   {home inspect|systemctl status}  the client of the container that the target runs in, or of the host of its unit;
//                   the words for either; and the name of the container or of the unit
//   {container}     the name of the container that the target is
//   {--tail lines}  an option and the argument `lines`; nothing when that was left out;
//                   {--filter label= label} has no blank in between
//   {file}          the path of a target that is a file
//   {section}       the argument of that name, quoted; a list gives a word for each item; nothing when it was left out
//
// A password is never in it: the client reads it from where the inventory refers to, when the line is run.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "safety/change_row.h"
#include "safety/row.h"
#include "safety/target.h"

namespace runbook::safety {

/// A target, and the shell expressions that give its password and its token: "$REDIS_PASSWORD",
/// "$(cat /run/secrets/redis)"; empty for none.
struct HandTarget {
  const Target& target;
  std::string password{};
  std::string token{};
};

/// The form, filled in.
std::string filled_in(std::string_view form, const HandTarget& target, const Value& args);

/// The line that reads what the row reads; empty when nothing a person has does.
std::string by_hand(const ReadRow& row, const HandTarget& target, const Value& args);

/// The lines that make a described change.
std::vector<std::string> by_hand(const ChangeRow& row, const HandTarget& target, const Change& change);

}  // namespace runbook::safety
