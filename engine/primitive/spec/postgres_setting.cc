#include "primitive/spec/postgres_setting.h"

#include "base/shell.h"
#include "base/sql_text.h"
#include "base/text.h"
#include "primitive/spec/postgres_setting_list.h"
#include "primitive/spec/postgres_setting_value.h"
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

constexpr const char* kReload = "SELECT pg_catalog.pg_reload_conf()";
constexpr std::size_t kLongestValue = 1000;

Result<void> check_name(const Value& args) {
  const auto name = args["name"].text_or("");
  const std::vector<std::string> known(settings_to_change().begin(), settings_to_change().end());
  if (std::find(known.begin(), known.end(), name) != known.end()) return {};
  const auto near = nearest(name, known);
  return usage("the setting " + escaped(name, 60) + " is not on the list of those a playbook may change" +
                   (near.empty() ? "" : "; did you mean " + near + "?"),
               "the list: " + join(known, " "));
}

Result<void> check_text(std::string_view text) {
  RUNBOOK_CHECK(sql_literal(text));
  if (text.size() <= kLongestValue) return {};
  return usage("a value of " + std::to_string(text.size()) + " bytes; it may have " + std::to_string(kLongestValue));
}

// `to` is {written}, as it is sent. That of a way back is the state before: without `written`, nothing was.
Result<Value> normalise(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_name(args));
  if (to.as_map() != nullptr && !to["value"].is_null()) {
    RUNBOOK_CHECK(check_text(to["written"].text_or("")));
    return to;
  }
  std::string text;
  if (const auto* words = to.as_text()) {
    text = *words;
  } else if (const auto* flag = to.as_bool()) {
    text = *flag ? "on" : "off";
  } else if (to.as_number() != nullptr) {
    text = to_json(to);
  } else {
    return usage("change.postgres_setting needs { to = … }: a text such as \"64MB\", a number or a boolean");
  }
  RUNBOOK_CHECK(check_text(text));
  return Value(Value::Map{{"written", text}});
}

StateCall state_call(const Value& args) {
  return {.row = "postgres.system_setting", .args = Value::Map{{"name", args["name"]}}};
}

Seen seen(const Value& reading) {
  if (reading.is_null()) return {};
  Value rules = Value::Map{};
  for (const auto* name : {"type", "unit", "min", "max", "options", "context", "source", "own", "elsewhere"}) {
    if (!reading[name].is_null()) rules[name] = reading[name];
  }
  Value state = Value::Map{{"value", reading["value"]}, {"rules", std::move(rules)}};
  if (!reading["written"].is_null()) state["written"] = reading["written"];
  // What is still at it may yet take effect: such a state is not the one that was before.
  if (reading["under_way"].bool_or(false)) state["under_way"] = true;
  return {.state = std::move(state), .blob = {}};
}

bool is_reset(const Value& to) { return to.as_map() != nullptr && to["written"].is_null(); }

// What it is to be; what cannot be read, or was not looked at, means itself.
std::string meaning_of(const Value& text, const Value& rules) {
  const auto words = std::string(text.text_or(""));
  const auto meaning = meaning_of_setting(words, rules);
  return meaning ? *meaning : words;
}

std::string wanted(const Change& change) {
  const auto& to = std::as_const(change.to);
  if (is_reset(to)) return std::string(to["value"].text_or(""));
  return meaning_of(to.as_map() == nullptr ? to : to["written"], std::as_const(change.from)["rules"]);
}

// A value that another source gives is no less in force; one that ALTER SYSTEM wrote and nothing reads is.
bool in_force(const Change& change, const Value& state) { return state["value"] == Value(wanted(change)); }

bool is_written(const Change& change, const Value& state) {
  if (is_reset(std::as_const(change.to))) return state["written"].is_null();
  return !state["written"].is_null() && meaning_of(state["written"], state["rules"]) == wanted(change);
}

bool is_set(const Change& change, const Value& state) {
  return in_force(change, state) && (state["written"].is_null() || is_written(change, state));
}

bool is_half_set(const Change& change, const Value& state) {
  return is_written(change, state) && !in_force(change, state);
}

std::string unfit(const Change& change) {
  const auto& from = std::as_const(change.from);
  const auto& rules = from["rules"];
  const auto name = std::string(std::as_const(change.args)["name"].text_or(""));
  if (from.is_null()) return "this server has no setting " + name;
  const auto context = rules["context"].text_or("");
  if (context != "user" && context != "superuser" && context != "sighup")
    return name + " takes effect at a start of this server only: its context is " + escaped(context, 40);
  if (rules["source"].text_or("") == "command line")
    return name + " stands on the command line that the server was started with, which comes before ALTER SYSTEM";
  if (rules["own"].bool_or(false))
    return "the role that looks has a value of its own for " + name +
           " (ALTER ROLE or ALTER DATABASE … SET), so nobody could see what comes into force";
  const auto& to = std::as_const(change.to);
  if (is_reset(to)) return {};
  const auto meaning = meaning_of_setting(to["written"].text_or(""), rules);
  if (meaning) return {};
  return name + ": " + meaning.error().message +
         (meaning.error().next.empty() ? "" : " (" + meaning.error().next + ")");
}

std::string who(const Value& one) {
  const auto role = one["role"].text_or("");
  const auto database = one["database"].text_or("");
  auto words = role.empty() ? std::string("any role") : "the role " + escaped(role, 40);
  if (!database.empty()) words += " in " + escaped(database, 40);
  return words + " (" + escaped(one["value"].text_or(""), 40) + ")";
}

// Sessions that it does not reach, whatever it is set to.
std::string not_reached(const Value& rules) {
  std::string out;
  for (const auto& one : rules["elsewhere"].items()) out += (out.empty() ? "" : ", ") + who(one);
  return out.empty() ? out : "; not for those with a value of their own: " + out;
}

std::string statement_of(std::string_view name, const Value& to) {
  if (is_reset(to)) return "ALTER SYSTEM RESET " + std::string(name);
  const auto literal = sql_literal(to.as_map() == nullptr ? to.text_or("") : to["written"].text_or(""));
  return "ALTER SYSTEM SET " + std::string(name) + " = " + (literal ? *literal : std::string("''"));
}

bool describe(Change& change) {
  const auto name = std::string(std::as_const(change.args)["name"].text_or(""));
  const auto& from = std::as_const(change.from);
  const auto& to = std::as_const(change.to);
  const auto& rules = from["rules"];
  const auto meaning = wanted(change);
  const auto before = std::string(from.as_map() == nullptr ? from.text_or("") : from["value"].text_or(""));
  change.calls = {Words{statement_of(name, to)}, Words{kReload}};
  Value back = from;
  if (back.as_map() != nullptr) {
    back.as_map()->erase("rules");
    back.as_map()->erase("under_way");
  }
  change.undo = Inverse{.row = change.row, .args = change.args, .to = std::move(back)};
  change.text = "set " + name + " of " + change.target + " from " + shown_setting(before, rules) + " to " +
                shown_setting(meaning, rules) + (is_reset(to) ? ", by taking out what ALTER SYSTEM wrote" : "") +
                not_reached(rules);
  change.comparing =
      "leaves a window: it is read again right before; in force as soon as the server has read its files";
  auto loss = loss_of_setting(name, meaning, before);
  if (loss.empty()) return false;
  change.destroys = {std::move(loss)};
  return true;
}

std::vector<std::string> by_hand(const Change& change) {
  std::string line = "{client}";
  for (const auto& call : change.calls) line += " -c " + shell_word(call.front().text_or(""));
  return {line};
}

const ArgSpec kArgs[] = {
    {"name", ArgType::kText, true, "the setting, as pg_settings spells it", "work_mem", settings_to_change()}};

}  // namespace

ChangeRow postgres_setting_row() {
  return {.name = "postgres.setting",
          .kind = "postgres",
          .args = kArgs,
          .doc =
              "Sets one setting for the whole server by ALTER SYSTEM, and has the server read it; the undo brings back "
              "what "
              "ALTER SYSTEM had written, or takes it out. Level 3 where writes may stop or what is confirmed be lost.",
          .to_doc = "the new value: a text with its unit, a number or a boolean",
          .to_example = "64MB",
          .took_place = is_set,
          .partly = is_half_set,
          .tells_both_ways = true,
          .preflight = "postgres.may_set",
          .normalise = normalise,
          .state_call = state_call,
          .seen = seen,
          .unfit = unfit,
          .describe = describe,
          .by_hand = by_hand};
}

}  // namespace runbook::primitive
