// Rules of ufw on a host.
//
// A wrong rule locks out whoever sends it, and then nobody is left to take it back. So the host is told first: a timer
// of systemd there takes the change back after `unless_confirmed` seconds. Then the rule is changed, and then somebody
// logs in anew; connections that exist pass every rule, so the one that is there proves nothing. Over the new login,
// and over no other, the timer is stopped. Whatever becomes of the engine, the line or the login in between: the host
// is as it was when the time is over (docs/decisions/032).
//
// A rule that is to last for a time has its end on the host, too (ufw_end.h), started before the rule.
//
// ufw makes a rule into another one of the same kind that differs in what it does alone (allow into deny), and then no
// deletion brings it back. Such a rule is deleted first, by a change of its own.
#include "primitive/spec/ufw.h"

#include "base/text.h"
#include "base/usage.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/host_words.h"
#include "primitive/spec/row_parts.h"
#include "primitive/spec/ufw_end.h"
#include "primitive/ufw/ufw_rule.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::StateCall;
using safety::Words;

using Argv = std::vector<std::string>;

constexpr double kUsualTime = 60;
constexpr int kShortest = 5;
constexpr int kLongest = 900;
constexpr std::size_t kLongestComment = 200;
constexpr std::chrono::minutes kShortestLife(1);
constexpr std::chrono::hours kLongestLife(24 * 30);

// ---- what is wanted

// Zero: for good.
std::chrono::seconds life_of(const Value& args) {
  const auto lasts = parse_duration(args["lasts"].text_or(""));
  return std::chrono::duration_cast<std::chrono::seconds>(lasts.value_or(std::chrono::milliseconds(0)));
}

Result<void> check_life(const Value& args) {
  const auto life = life_of(args);
  if (args["lasts"].is_null() || (life >= kShortestLife && life <= kLongestLife)) return {};
  return usage("lasts is how long the rule holds, from 1m to 30d, such as 2h");
}

// systemd would read $ and % of a command in its own way, and ufw takes no quotes.
bool may_be_sent(std::string_view comment) {
  return comment.size() <= kLongestComment && std::all_of(comment.begin(), comment.end(), [](char c) {
           return c >= ' ' && c <= '~' && std::string_view("'\"\\$%").find(c) == std::string_view::npos;
         });
}

Result<Value> normalise(const Value& args, const Value& to) {
  RUNBOOK_CHECK(parse_ufw_rule(args["rule"].text_or("")));
  RUNBOOK_CHECK(check_seconds(args, "unless_confirmed", kShortest, kLongest));
  RUNBOOK_CHECK(check_life(args));
  if (!may_be_sent(args["label"].text_or("")))
    return usage("label is at most 200 plain characters, without quotes, backslashes, $ and %");
  const auto at = args["at"].number_or(1);
  if (at < 1 || at != static_cast<unsigned>(at)) return usage("at is the number that the rule gets: 1 is the first");
  return no_to(args, to);
}

UfwRule rule_of(const Value& text) {
  const auto rule = parse_ufw_rule(text.text_or(""));
  return rule ? *rule : UfwRule();
}

// ---- what is there

StateCall state(const Value& args) {
  StateCall call{.row = "host.ufw_rule", .args = Value::Map{{"rule", args["rule"]}}};
  if (args["at"].number_or(1) > 1) call.args["at"] = args["at"];
  return call;
}

bool is_settled(const Value& state) { return !state["unconfirmed"].bool_or(false); }

// Behind all others is as far as it goes.
bool is_at(const Value& at, const Value& state) {
  const auto number = state["number"].number_or(0);
  return at.is_null() || number == at.number_or(0) || (number < at.number_or(0) && state["last"].bool_or(false));
}

bool was_added(const Change& change, const Value& state) {
  return !state["there"].is_null() && is_settled(state) && is_at(std::as_const(change.args)["at"], state);
}

bool was_deleted(const Change& /*change*/, const Value& state) { return state["there"].is_null() && is_settled(state); }

std::string unfit(const Change& change) {
  const auto& from = std::as_const(change.from);
  if (!from["unfit"].is_null()) return std::string(from["unfit"].text_or(""));
  if (is_settled(from)) return {};
  return "a change of this very rule is not confirmed yet: look again when its time is over";
}

std::string unfit_to_add(const Change& change) {
  if (auto why = unfit(change); !why.empty()) return why;
  const auto& from = std::as_const(change.from);
  if (!from["replaces"].is_null())
    return "ufw would make \"" + std::string(from["replaces"].text_or("")) +
           "\", which is there, into it: change.ufw_delete takes that away first";
  if (!from["there"].is_null() && !was_added(change, from))
    return "it is there already, at number " + std::to_string(static_cast<int>(from["number"].number_or(0))) +
           ": change.ufw_delete takes it away first";
  if (from["there"].is_null() && from["ends"].bool_or(false))
    return "a timer there is still to end that rule, which somebody deleted: systemctl disable --now " +
           ufw_end_unit(rule_of(std::as_const(change.args)["rule"])) + ".timer";
  return {};
}

// ---- what is sent

Argv ufw(std::initializer_list<std::string> words, const UfwRule& rule) {
  Argv argv = {"ufw"};
  argv.insert(argv.end(), words);
  const auto said = ufw_words(rule);
  argv.insert(argv.end(), said.begin(), said.end());
  return argv;
}

// At number 0, and where ufw takes no number: behind all others.
Argv adding(const UfwRule& rule, double number, const Value& comment) {
  Argv argv;
  if (number == 0) {
    argv = ufw({}, rule);
  } else if (number == 1) {
    argv = ufw({"prepend"}, rule);
  } else {
    argv = ufw({"insert", std::to_string(static_cast<unsigned>(number))}, rule);
  }
  if (!comment.is_null()) argv.insert(argv.end(), {"comment", std::string(comment.text_or(""))});
  return argv;
}

std::string seconds_of(const Change& change) { return std::to_string(ufw_confirm_time(change.args).count()); }

void append(std::vector<Words>& calls, const std::vector<Words>& more) {
  calls.insert(calls.end(), more.begin(), more.end());
}

// AccuracySec: systemd lets a timer wait for up to a minute to wake up for several at once. `ends`: the calls that see
// to the end of the rule, if it has one.
void describe_calls(Change& change, const UfwRule& rule, const Argv& there, const Argv& back,
                    const std::vector<Words>& ends) {
  const auto unit = ufw_unit(rule);
  Argv timer = {"systemd-run",
                "--quiet",
                "--collect",
                "--unit=" + unit,
                "--on-active=" + seconds_of(change),
                "--timer-property=AccuracySec=100ms",
                "--"};
  timer.insert(timer.end(), back.begin(), back.end());
  const Argv stop = {"systemctl", "--no-ask-password", "stop", unit + ".timer"};
  change.calls = {host_call(change, timer)};
  append(change.calls, ends);
  append(change.calls, {host_call(change, there), host_call(change, stop)});
  change.if_it_fails = {host_call(change, back), host_call(change, stop)};
  change.comparing = "leaves a window: its rules are read again right before; confirmed by a new login";
}

Inverse the_other(const Change& change, std::string_view row, Value::Map args) {
  const auto& time = std::as_const(change.args)["unless_confirmed"];
  if (!time.is_null()) args["unless_confirmed"] = time;
  return {.row = std::string(row), .args = way_back_args(change, std::move(args)), .to = {}};
}

std::string unless(const Change& change) {
  return "; the host itself takes that back after " + seconds_of(change) + " s unless a new login comes through";
}

std::string quoted(const UfwRule& rule) { return "\"" + ufw_text(rule) + "\""; }

bool describe_add(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto rule = rule_of(args["rule"]);
  const double number = std::as_const(change.from)["beyond"].bool_or(false) ? 0 : args["at"].number_or(0);
  const auto life = life_of(args);
  const auto ends = life.count() == 0 ? std::vector<Words>() : begin_ufw_end(change, rule, life);
  describe_calls(change, rule, adding(rule, number, args["label"]), ufw({"delete"}, rule), ends);
  if (!ends.empty()) append(change.if_it_fails, remove_ufw_end(change, rule));
  const auto at = static_cast<int>(args["at"].number_or(0));
  const std::string where = at == 0 ? "" : at == 1 ? " before all others" : " at number " + std::to_string(at);
  change.text = "add " + quoted(rule) + " to ufw of " + change.target + where + unless(change);
  if (!ends.empty())
    change.text += "; there it ends after " + duration_text(life) + ", counted anew when the host restarts";
  change.undo = the_other(change, "ufw.delete", {{"rule", ufw_text(rule)}});
  return false;
}

bool describe_delete(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto& from = std::as_const(change.from);
  const auto wanted = rule_of(args["rule"]);
  const auto there = from["there"].is_null() ? wanted : rule_of(from["there"]);
  Value back = Value::Map{{"rule", ufw_text(there)}, {"at", from["number"].is_null() ? Value(1) : from["number"]}};
  const bool with_comment = may_be_sent(from["comment"].text_or(""));
  if (with_comment && !from["comment"].is_null()) back["label"] = from["comment"];
  const double number = from["last"].bool_or(false) ? 0 : from["number"].number_or(0);
  const auto put_back = adding(there, number, std::as_const(back)["label"]);
  describe_calls(change, wanted, ufw({"delete"}, there), put_back, {});
  const bool ends = from["ends"].bool_or(false);
  if (ends) append(change.calls, remove_ufw_end(change, wanted));
  change.text = "delete " + quoted(there) + " from ufw of " + change.target + unless(change);
  if (!with_comment) change.text += "; put back, it has no comment any more";
  if (ends) change.text += "; put back, it has no end any more";
  if (!from["together"].bool_or(true)) change.text += "; put back, its half for IPv6 comes behind all others";
  change.undo = the_other(change, "ufw.rule", back.members());
  return false;
}

constexpr std::string_view kRuleDoc =
    "the rule: allow, deny, reject or limit, [in|out [on INTERFACE]], [log], from, to, port and proto";
constexpr std::string_view kExample = "deny from 203.0.113.7 to any port 443 proto tcp";
constexpr std::string_view kTimeDoc =
    "seconds after which the host takes it back by itself when no new login came through: 60 unless said";

constexpr ArgSpec kAddArgs[] = {
    {"rule", ArgType::kText, true, kRuleDoc, kExample},
    {"at", ArgType::kNumber, false, "its number among the rules, 1 before all others; without it, behind all", "1"},
    {"label", ArgType::kText, false, "what ufw status shows beside it", "incident 4711"},
    {"lasts", ArgType::kText, false, "until the host ends it by itself; for good unless said", "2h"},
    {"unless_confirmed", ArgType::kNumber, false, kTimeDoc, "60"}};
constexpr ArgSpec kDeleteArgs[] = {{"rule", ArgType::kText, true, kRuleDoc, kExample},
                                   {"unless_confirmed", ArgType::kNumber, false, kTimeDoc, "60"}};

const ChangeRow kRows[] = {
    {.name = "ufw.rule",
     .kind = "ssh",
     .args = kAddArgs,
     .doc = "Adds a rule to ufw. The host takes it back by itself unless a login that is made after it comes through; "
            "its undo deletes it.",
     .to_doc = "",
     .took_place = was_added,
     .tells_both_ways = true,
     .normalise = normalise,
     .state_call = state,
     .seen = as_read,
     .unfit = unfit_to_add,
     .describe = describe_add},
    {.name = "ufw.delete",
     .kind = "ssh",
     .args = kDeleteArgs,
     .doc =
         "Deletes a rule of ufw. The host puts it back by itself, where it was, unless a login that is made after it "
         "comes through; its undo puts it back there, too.",
     .to_doc = "",
     .took_place = was_deleted,
     .tells_both_ways = true,
     .normalise = normalise,
     .state_call = state,
     .seen = as_read,
     .unfit = unfit,
     .describe = describe_delete},
};

}  // namespace

std::chrono::seconds ufw_confirm_time(const Value& args) {
  return std::chrono::seconds(static_cast<int>(args["unless_confirmed"].number_or(kUsualTime)));
}

std::size_t ufw_rule_call(const Value& args) { return 1 + (args["lasts"].is_null() ? 0 : kUfwEndBegins); }

std::span<const ChangeRow> ufw_change_rows() { return kRows; }

}  // namespace runbook::primitive
