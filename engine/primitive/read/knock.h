// Whether one place can open a connection to another, tried there with nc: {reachable, address, how, why}.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "net/address.h"

namespace runbook::primitive {

inline constexpr auto kKnock = std::chrono::seconds(3);

/// Where the clients of a target of an argument see it. kUsage and kConfig as net::client_endpoint; `where` names it.
Result<net::Endpoint> knocked_at(const Value& target);

/// The words of the command that tries it.
std::vector<std::string> knock_words(const net::Endpoint& where);

/// An nc that does not know -z, as Debian's busybox, has not tried anything.
bool knows_no_knock(int exit_code, std::string_view said);

/// `how` it was tried; `why` not.
Value reached(bool yes, std::string_view how, const net::Endpoint& where, std::string_view why);

/// Such an answer in one line.
std::string of_reach(const Value& answer);

}  // namespace runbook::primitive
