// Carrying out edits of a host's files. The content is made here, from the file as it is, right before it is sent.
#include "primitive/read/host_edit.h"

#include <algorithm>

#include "base/hash.h"
#include "base/kept_file.h"
#include "base/remote_command.h"
#include "base/text.h"
#include "primitive/change/appliers.h"
#include "primitive/change/host_calls.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/settings_text.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Target;

constexpr std::chrono::seconds kWithin(30);

Setting setting_in(const Value& value) {
  const auto* text = value.as_text();
  return text == nullptr ? Setting() : Setting(*text);
}

bool edits_a_line(const Change& change) { return change.row == "host.line"; }

Result<std::string> edited(std::string_view text, const Change& change, const Setting& to) {
  if (edits_a_line(change)) return with_line(text, change.args["beginning"].text_or(""), to);
  return with_variable(text, change.args["key"].text_or(""), to);
}

// What is set now, by this change's own account.
Setting set_now(const Change& change) {
  return setting_in(edits_a_line(change) ? change.from["set"] : change.args["value"]);
}

// The content of the way back. Where the file that was kept becomes the present one by the opposite edit, it is that
// one: it has the same value, and also the same bytes.
Result<std::string> content_before(const Change& change, std::string_view text, std::string_view kept) {
  const auto opposite = edited(kept, change, set_now(change));
  if (opposite && *opposite == text) return std::string(kept);
  if (!set_now(change)) {
    return Error{
        .code = Code::kStale,
        .message = "the file was edited meanwhile, and nobody knows where what was taken away belongs now",
        .where = {},
        .next = "what it was stands in " + kept_file(change.args["path"].text_or(""), change.args["kept"].text_or(""))};
  }
  if (edits_a_line(change)) return edited(text, change, setting_in(change.to));
  RUNBOOK_TRY(was, variable_of(kept, change.args["key"].text_or("")));
  return edited(text, change, was);
}

Task<Result<std::string>> content_after(Reach& reach, const Target& target, const Change& change) {
  if (change.row == "host.file") co_return std::string(change.to.text_or(""));
  auto path = std::string(change.args["path"].text_or(""));
  RUNBOOK_CO_TRY(text, co_await read_whole_file(reach, target, path));
  if (sha256(text) != change.from["sha256"].text_or(""))
    co_return Error{.code = Code::kStale, .message = path + " is another than was planned with", .where = target.name};
  if (const auto* digits = change.args["kept"].as_text()) {
    RUNBOOK_CO_TRY(kept, co_await read_whole_file(reach, target, kept_file(path, *digits)));
    co_return at_host(target, content_before(change, text, kept));
  }
  const auto to = setting_in(edits_a_line(change) ? change.to : change.args["value"]);
  co_return at_host(target, edited(text, change, to));
}

// By itself or by sudo.
bool runs(const guard::Argv& words, std::string_view program) {
  const auto argv = command_of(words).argv;
  return std::find(argv.begin(), argv.end(), program) != argv.end();
}

// Up to the renaming nothing of the file itself is touched, whatever becomes of a command.
Error nothing_replaced(Error error) {
  if (error.code == Code::kInDoubt) error.code = Code::kUnreachable;
  error.message += "; nothing was replaced";
  return error;
}

Task<Result<void>> replace(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  const auto count = change.calls.size();
  std::size_t clean_up = count + (change.if_it_fails.empty() ? 0 : 1);  // what was written beside it
  bool may_be_replaced = false;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& words = permit.sends().at(i);
    if (runs(words, "ln")) clean_up = permit.sends().size();  // and the second name of the file that is there
    const auto sent = co_await run_in_permit(reach, target, words, permit, kWithin);
    may_be_replaced = may_be_replaced || (runs(words, "mv") && (sent || sent.error().code != Code::kRemote));
    if (sent) continue;
    if (may_be_replaced) co_return sent.error();
    for (auto away = count; away < clean_up; ++away) {
      const auto& removal = permit.sends().at(away);
      static_cast<void>(co_await run_in_permit(reach, target, removal, permit, kWithin));
    }
    co_return nothing_replaced(sent.error());
  }
  co_return Result<void>();
}

}  // namespace

std::vector<safety::Applier> host_edit_appliers(Reach& reach) {
  std::vector<safety::Applier> out;
  for (const auto* row : {"host.line", "host.env_file", "host.env_file_back", "host.file", "host.file_back"}) {
    out.push_back({.row = row,
                   .apply = [&reach](const Target& target, const Change& change,
                                     const Permit& permit) { return replace(reach, target, change, permit); },
                   .fill = [&reach](const Target& target, const Change& change,
                                    const Value& /*word*/) { return content_after(reach, target, change); }});
  }
  return out;
}

}  // namespace runbook::primitive
