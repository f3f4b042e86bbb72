// Replies of Redis to values that playbooks see. Pure.
//
// What a server sends stays the bytes it is; escaping is the display's business. Lists and texts are cut at bounds
// given here, so that no answer is larger than a playbook can use.
#pragma once

#include <string_view>

#include "base/value.h"
#include "net/resp.h"

namespace runbook::primitive {

/// Numbers as numbers (beyond 2^53 as text), nil as null, maps with text keys as tables, other maps as lists of pairs,
/// an error inside an aggregate as { error = text }.
Value plain_value(const net::Reply& reply);

/// The text of a bulk, status or verbatim reply; empty for any other.
std::string_view text_of(const net::Reply& reply);

/// A number when the text is one that a double holds exactly and that reads back the same, else the text.
Value number_or_text(std::string_view text);

/// At most `bytes` bytes, then "…".
std::string bounded(std::string_view text, std::size_t bytes);

/// A section of INFO: names to numbers and texts; db0, cmdstat_…, slave0 and their like to tables of their own. Ids
/// stay text.
Value::Map parse_info(std::string_view text);

/// "id=7 addr=127.0.0.1:5000 name= …" to names and texts.
Value::Map parse_fields(std::string_view line, char separator);

}  // namespace runbook::primitive
