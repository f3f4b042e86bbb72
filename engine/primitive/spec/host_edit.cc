// Files of a host: one line, one KEY=value, or the whole content.
//
// A file is replaced as a whole: written beside it with its owner, mode and attributes, made durable, renamed over it.
// It is done by commands of the host and not over SFTP, so that sudo and both ways of reaching a host serve it alike
// (docs/decisions/031). As it was it stays beside it under a name that tells which content it had, until the undo,
// which brings back the very bytes, takes it away. What a playbook does not say of the content is in no plan, log or
// evidence: the applier fills it in.
#include <array>
#include <filesystem>

#include "base/hash.h"
#include "base/json.h"
#include "base/kept_file.h"
#include "base/remote_command.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/host_words.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::Seen;
using safety::StateCall;
using safety::Words;

constexpr std::size_t kLargestContent = 65'536;
constexpr std::string_view kReplaced =
    "leaves a window: the file is read again right before, and replaced as a whole only if not a byte of it differs";

std::string path_in(const Value& args) { return std::string(args["path"].text_or("")); }

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path(); }

// ---- what is wanted

// What is sent is what was read, to the letter.
Result<void> check_path(const Value& args) {
  if (!path_in(args).ends_with('/')) return {};
  return usage("path is that of a file, and ends in no slash");
}

bool is_one_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t'; });
}

Result<Value> normalise_line(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_path(args));
  const auto beginning = args["beginning"].text_or("");
  if (beginning.empty() || trim(beginning) != beginning || !is_one_line(beginning))
    return usage("beginning is how the line begins, such as proxy_read_timeout");
  if (to.is_null()) return to;
  const auto line = to.text_or("");
  if (trim(line) == line && is_one_line(line) && line.starts_with(beginning)) return to;
  return usage("to is the whole line, which begins with " + escaped(beginning, 80) + ", not " + to_json(to));
}

Result<Value> normalise_variable(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_path(args));
  const auto key = args["key"].text_or("");
  const bool sound = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!sound) return usage("key is the name of a variable, such as FEATURE_X, not \"" + escaped(key, 60) + "\"");
  return no_to(args, to);
}

Result<Value> normalise_content(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_path(args));
  if (to.as_text() != nullptr && to.as_text()->size() <= kLargestContent) return to;
  return usage(to.as_text() != nullptr ? "to is at most 64 KiB" : "to is the whole text of the file");
}

// ---- what is there

StateCall line_state(const Value& args) {
  return {.row = "host.line", .args = Value::Map{{"path", args["path"]}, {"beginning", args["beginning"]}}};
}
StateCall variable_state(const Value& args) {
  StateCall call{.row = "host.variable", .args = Value::Map{{"path", args["path"]}, {"key", args["key"]}}};
  for (const auto* name : {"value", "kept"}) {
    if (!args[name].is_null()) call.args[name] = args[name];
  }
  return call;
}
StateCall content_state(const Value& args) {
  return {.row = "host.content", .args = Value::Map{{"path", args["path"]}}};
}

// What a text is compared by is its hash; itself it is only shown.
Seen seen_content(const Value& reading) {
  Value state = reading;
  if (auto* members = state.as_map()) members->erase("text");
  Seen seen{.state = std::move(state), .blob = {}};
  if (const auto* text = reading["text"].as_text()) seen.text = *text;
  return seen;
}

std::string unfit(const Change& change) {
  const auto& why = std::as_const(change.from)["unfit"];
  return why.is_null() ? "" : "the file is not replaced: " + std::string(why.text_or(""));
}

bool has_line(const Change& change, const Value& state) { return state["set"] == change.to; }
bool has_value(const Change& /*change*/, const Value& state) { return state["so"].bool_or(false); }
bool has_kept_value(const Change& /*change*/, const Value& state) { return state["back"].bool_or(false); }
bool has_content(const Change& change, const Value& state) {
  return state["sha256"] == Value(sha256(change.to.text_or("")));
}

// ---- what is sent

// Of the content that the change finds, the beginning of its hash.
std::string digits_of(const Change& change) {
  return std::string(kept_digits(std::as_const(change.from)["sha256"].text_or("HASH")));
}

void describe_replacement(Change& change, const std::string& content) {
  const auto& args = std::as_const(change.args);
  const auto path = path_in(args);
  const auto beside = path + ".runbook-new";
  const auto kept = kept_file(path, digits_of(change));
  const auto write = host_call(change, {"dd", "of=" + beside, "oflag=nofollow", "conv=fsync", "status=none"});
  Words filled = {std::string(kStandardInput), Value::Map{{"$filled", content}}};
  filled.insert(filled.end(), write.begin(), write.end());
  const auto& back_to = args["kept"];
  change.calls = {
      host_call(change, {"cp", "--attributes-only", "--preserve=all", "--remove-destination", "--", path, beside}),
      host_call(change, {"chown", "--reference=" + path, "--", beside}), std::move(filled)};
  if (back_to.is_null()) change.calls.push_back(host_call(change, {"ln", "-fT", "--", path, kept}));
  change.calls.push_back(host_call(change, {"mv", "-fT", "--", beside, path}));
  change.calls.push_back(host_call(change, {"sync", "--", folder_of(path)}));
  if (!back_to.is_null())
    change.calls.push_back(host_call(change, {"rm", "-f", "--", kept_file(path, back_to.text_or(""))}));
  change.if_it_fails = {host_call(change, {"rm", "-f", "--", beside})};
  if (back_to.is_null()) change.if_it_fails.push_back(host_call(change, {"rm", "-f", "--", kept}));
  change.comparing = kReplaced;
}

Inverse way_back(const Change& change, std::string_view row, Value to) {
  Value args = change.args;
  args["kept"] = digits_of(change);
  return {.row = std::string(row), .args = std::move(args), .to = std::move(to)};
}

std::string quoted(const Value& value) {
  const auto* text = value.as_text();
  return text == nullptr ? "nothing" : "\"" + escaped(*text, 120) + "\"";
}

bool describe_line(Change& change) {
  const auto& from = std::as_const(change.from)["set"];
  const auto what = "the line " + escaped(std::as_const(change.args)["beginning"].text_or(""), 80);
  const bool away = change.to.is_null();
  describe_replacement(change, "the same with " + what + (away ? " taken away" : ": " + quoted(change.to)));
  if (std::as_const(change.args)["kept"].is_null()) change.undo = way_back(change, change.row, from);
  const auto file = path_in(std::as_const(change.args)) + " of " + change.target;
  change.text = away ? "take " + what + " out of " + file + ", which is " + quoted(from)
                     : "in " + file + ", set " + what + " from " + quoted(from) + " to " + quoted(change.to);
  return false;
}

// What it was set to before may be a secret, and is in no plan: the way back takes it from the file that was kept.
bool describe_variable(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto key = escaped(args["key"].text_or(""), 80);
  const bool away = args["value"].is_null();
  describe_replacement(change, "the same with " + key + (away ? " taken away" : ": " + quoted(args["value"])));
  const auto file = path_in(args) + " of " + change.target;
  change.text =
      away ? "take " + key + " out of " + file : "in " + file + ", set " + key + " to " + quoted(args["value"]);
  change.undo = way_back(change, "host.env_file_back", {});
  return false;
}

bool describe_variable_back(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto key = escaped(args["key"].text_or(""), 80);
  describe_replacement(change, "the same with " + key + " as it was");
  change.text = "in " + path_in(args) + " of " + change.target + ", set " + key + " as it was";
  return false;
}

bool describe_content(Change& change) {
  const auto to = change.to.text_or("");
  describe_replacement(change, "the whole of it, sha256 " + std::string(kept_digits(sha256(to))));
  change.undo = way_back(change, "host.file_back", {});
  change.text = "replace " + path_in(std::as_const(change.args)) + " of " + change.target + ", " +
                bytes_text(std::as_const(change.from)["size"].number_or(0)) + ", by " +
                bytes_text(static_cast<double>(to.size()));
  return false;
}

// What was kept is the very file, with all that it had.
bool describe_back(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto path = path_in(args);
  const auto kept = kept_file(path, args["kept"].text_or(""));
  change.calls = {host_call(change, {"mv", "-fT", "--", kept, path}),
                  host_call(change, {"sync", "--", folder_of(path)})};
  change.text = "put back " + path + " of " + change.target + " as it was";
  change.comparing = kReplaced;
  return false;
}

bool is_as_it_was(const Change& change, const Value& state) {
  const auto digits = std::as_const(change.args)["kept"].text_or("");
  return !digits.empty() && state["sha256"].text_or("").starts_with(digits);
}

constexpr ArgSpec kLineArgs[] = {{"path", ArgType::kText, true, "the file", "/etc/nginx/nginx.conf"},
                                 {"beginning", ArgType::kText, true, "how the one line begins", "proxy_read_timeout"}};
constexpr ArgSpec kVariableArgs[] = {
    {"path", ArgType::kText, true, "the file of KEY=value lines", "/etc/default/redis-server"},
    {"key", ArgType::kText, true, "the variable", "FEATURE_X"},
    {"value", ArgType::kText, false, "what it is set to; without it, its line is taken away", "off"}};
constexpr ArgSpec kContentArgs[] = {{"path", ArgType::kText, true, "the file", "/etc/nginx/conf.d/limits.conf"}};

std::vector<std::string> by_editor(const Change& /*change*/) { return {"{client} -t ${EDITOR:-vi} {path}"}; }

const std::array<ChangeRow, 5> kRows = {{
    {.name = "host.line",
     .kind = "ssh",
     .args = kLineArgs,
     .doc = "Sets one line of a file; without `to` it is taken away, and one that is not there yet becomes the last.",
     .to_doc = "the whole line, which begins as the other did",
     .to_example = "proxy_read_timeout 120s;",
     .by_file = true,
     .took_place = has_line,
     .normalise = normalise_line,
     .state_call = line_state,
     .seen = as_read,
     .unfit = unfit,
     .describe = describe_line,
     .by_hand = by_editor},
    {.name = "host.env_file",
     .kind = "ssh",
     .args = kVariableArgs,
     .doc = "Sets one variable in a file of KEY=value lines, as systemd, docker and shells read them. Who reads the "
            "file is not restarted by it.",
     .to_doc = "",
     .by_file = true,
     .took_place = has_value,
     .normalise = normalise_variable,
     .state_call = variable_state,
     .seen = as_read,
     .unfit = unfit,
     .describe = describe_variable,
     .by_hand = by_editor},
    {.name = "host.env_file_back",
     .kind = "ssh",
     .args = kVariableArgs,
     .doc = "Sets a variable to what it was before.",
     .to_doc = "",
     .offered = false,
     .took_place = has_kept_value,
     .normalise = normalise_variable,
     .state_call = variable_state,
     .seen = as_read,
     .unfit = unfit,
     .describe = describe_variable_back,
     .by_hand = by_editor},
    {.name = "host.file",
     .kind = "ssh",
     .args = kContentArgs,
     .doc = "Replaces the whole content of a file that is there.",
     .to_doc = "the text, at most 64 KiB",
     .to_example = "client_body_timeout 5s;",
     .by_file = true,
     .took_place = has_content,
     .normalise = normalise_content,
     .state_call = content_state,
     .seen = seen_content,
     .unfit = unfit,
     .describe = describe_content,
     .by_hand = by_editor},
    {.name = "host.file_back",
     .kind = "ssh",
     .args = kContentArgs,
     .doc = "Puts back what a file held before it was replaced.",
     .to_doc = "",
     .offered = false,
     .took_place = is_as_it_was,
     .normalise = no_to,
     .state_call = content_state,
     .seen = seen_content,
     .unfit = unfit,
     .describe = describe_back,
     .by_hand = by_editor},
}};

}  // namespace

std::span<const ChangeRow> host_edit_change_rows() { return kRows; }

}  // namespace runbook::primitive
