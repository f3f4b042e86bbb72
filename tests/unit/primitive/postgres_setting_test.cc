// Settings of PostgreSQL: which a playbook may change, what their values mean, and what a change of one says and sends.
#include "guard/postgres_setting.h"

#include "base/json.h"
#include "catch.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/postgres_setting_list.h"
#include "primitive/spec/postgres_setting_value.h"
#include "safety/mark.h"

using namespace runbook;
using namespace runbook::safety;
using primitive::meaning_of_setting;
using primitive::shown_setting;

namespace {

const ChangeRow& row() { return *primitive::find_change_row("postgres.setting"); }

Value rules(const char* type, const char* unit, const char* min, const char* max) {
  Value out = Value::Map{{"type", type}, {"min", min}, {"max", max}, {"context", "user"}, {"source", "default"}};
  if (*unit != '\0') out["unit"] = unit;
  return out;
}

const Value kMemory = rules("integer", "kB", "64", "2147483647");
const Value kPages = rules("integer", "8kB", "1", "2147483647");
const Value kTime = rules("integer", "ms", "-1", "2147483647");
const Value kDelay = rules("real", "ms", "-1", "100");
const Value kCount = rules("integer", "", "1", "10000");

std::string means(std::string_view text, const Value& by) { return meaning_of_setting(text, by).value(); }

Value state(const char* value, const char* written, const Value& by) {
  Value out = Value::Map{{"value", value}, {"rules", by}};
  if (*written != '\0') out["written"] = written;
  return out;
}

Change described(const char* name, const Value& to, const Value& from) {
  Change change{.row = "postgres.setting", .target = "shop-db", .args = Value::Map{{"name", name}}, .from = from};
  change.to = row().normalise(change.args, to).value();
  Target target;
  target.env = "dev";
  change.level = level_of(change, target, row().describe(change));
  return change;
}

}  // namespace

TEST_CASE("values of a setting are compared by what they mean") {
  CHECK(means("64MB", kMemory) == means("65536kB", kMemory));
  CHECK(means("65536", kMemory) == "65536");
  CHECK(means(" 1.5 GB ", kMemory) == "1572864");
  CHECK(means("8MB", kPages) == "1024");
  CHECK(means("30s", kTime) == "30000");
  CHECK(means("0.5min", kTime) == "30000");
  CHECK(means("-1", kTime) == "-1");
  CHECK(means("0", kTime) == "0");
  CHECK(means("500us", kDelay) == "0.5");
  CHECK(means("2", kDelay) == "2");
  CHECK(means("1e2", kMemory) == "100");
  CHECK(means("0.1234567", kDelay) == "0.123457");
  CHECK(means("1000000", rules("real", "", "0", "1.79769e+308")) == "1e+06");
  CHECK(means("TRUE", Value(Value::Map{{"type", "bool"}})) == "on");
  CHECK(means("0", Value(Value::Map{{"type", "bool"}})) == "off");
  CHECK(means("ON", Value(Value::Map{{"type", "enum"}, {"options", Value::List{"on", "off"}}})) == "on");
  CHECK(means("FIRST 1 (a)", Value(Value::Map{{"type", "string"}})) == "FIRST 1 (a)");
}

TEST_CASE("what a setting does not take is refused with what it takes") {
  for (const auto* text :
       {"", "MB", "64 bananas", "64mb", "0x40", "0100", "1e", "1e+", "1.e3", "64MB MB", "--1", "1.", "64s"})
    CHECK_FALSE(meaning_of_setting(text, kMemory));
  CHECK(meaning_of_setting("63", kMemory).error().next == "from 64 to 2147483647 kB");
  CHECK(meaning_of_setting("64 bananas", kMemory).error().next ==
        "in B, kB, MB, GB, TB; without a unit it counts in kB");
  CHECK_FALSE(meaning_of_setting("5kB", kCount));
  CHECK_FALSE(meaning_of_setting("onn", Value(Value::Map{{"type", "bool"}})));
}

TEST_CASE("a value is shown in units that people use") {
  CHECK(shown_setting("65536", kMemory) == "64 MiB");
  CHECK(shown_setting("1024", kPages) == "8 MiB");
  CHECK(shown_setting("30000", kTime) == "30 s");
  CHECK(shown_setting("-1", kTime) == "-1");
  CHECK(shown_setting("0.5", kDelay) == "0.5 ms");
  CHECK(shown_setting("", Value()) == "nothing");
}

TEST_CASE("no setting that runs, loads, opens or gives up something is on the list") {
  for (const auto name : primitive::settings_to_change()) {
    CAPTURE(std::string(name));
    for (const auto* part : {"command", "librar", "director", "ssl", "listen", "fsync", "full_page", "preload"})
      CHECK(name.find(part) == std::string_view::npos);
    CHECK_FALSE(name.ends_with("file"));
    CHECK(guard::is_plain_setting({.sql = "ALTER SYSTEM SET " + std::string(name) + " = '1'"}));
  }
  CHECK(std::is_sorted(primitive::settings_to_change().begin(), primitive::settings_to_change().end()));
  CHECK(row().normalise(Value::Map{{"name", "archive_command"}}, "true").error().code == Code::kUsage);
}

TEST_CASE("a change of a setting says both sides, and its way back is what ALTER SYSTEM had written") {
  const auto first = described("work_mem", "64MB", state("4096", "", kMemory));
  CHECK(first.text == "set work_mem of shop-db from 4 MiB to 64 MiB");
  CHECK(first.calls.front().front() == Value("ALTER SYSTEM SET work_mem = '64MB'"));
  CHECK(first.level == 1);
  const auto back = described("work_mem", first.undo->to, state("65536", "64MB", kMemory));
  CHECK(back.calls.front().front() == Value("ALTER SYSTEM RESET work_mem"));
  const auto again = described("work_mem", 65536, state("8192", "8MB", kMemory));
  CHECK(described("work_mem", again.undo->to, again.from).calls.front().front() ==
        Value("ALTER SYSTEM SET work_mem = '8MB'"));
}

TEST_CASE("a setting stands when it is in force, and half when it is only written") {
  const auto change = described("work_mem", "64MB", state("4096", "", kMemory));
  CHECK(stands(row(), change, state("65536", "65536kB", kMemory)));
  CHECK(stands(row(), change, state("65536", "", kMemory)));
  CHECK(told_by(row(), change, state("4096", "64MB", kMemory)) == Told::kPartly);
  CHECK(told_by(row(), change, state("4096", "", kMemory)) == Told::kDidNot);
  CHECK(told_by(row(), change, state("4096", "32MB", kMemory)) == Told::kNothing);
  const auto back = described("work_mem", change.undo->to, state("65536", "64MB", kMemory));
  CHECK(stands(row(), back, state("4096", "", kMemory)));
  CHECK_FALSE(stands(row(), back, state("65536", "64MB", kMemory)));
}

TEST_CASE("what stops writes or gives up what is confirmed is of level 3, and its way back is not") {
  const Value words = Value::Map{{"type", "string"}, {"context", "sighup"}};
  const Value flag = Value::Map{{"type", "bool"}, {"context", "user"}};
  CHECK(described("synchronous_standby_names", "*", state("", "", words)).level == 3);
  CHECK(described("synchronous_standby_names", "", state("*", "*", words)).level == 3);
  CHECK(described("default_transaction_read_only", true, state("off", "", flag)).level == 3);
  CHECK(described("default_transaction_read_only", false, state("on", "on", flag)).level == 1);
  CHECK(
      described("max_slot_wal_keep_size", "10GB", state("-1", "", rules("integer", "MB", "-1", "2147483647"))).level ==
      3);
}

TEST_CASE("what the server says of a setting can forbid its change") {
  auto change = described("work_mem", "64MB", state("4096", "", kMemory));
  CHECK(row().unfit(change).empty());
  change.from["rules"]["context"] = "postmaster";
  CHECK(row().unfit(change).find("at a start of this server only") != std::string::npos);
  change.from["rules"]["context"] = "user";
  change.from["rules"]["own"] = true;
  CHECK(row().unfit(change).find("a value of its own") != std::string::npos);
  change.from = Value();
  CHECK(row().unfit(change) == "this server has no setting work_mem");
}

TEST_CASE("the value before proves nothing while an ALTER SYSTEM is still at work") {
  Value reading = state("4096", "", kMemory);
  for (const auto& [name, value] : kMemory.members()) reading[name] = value;
  auto change = described("work_mem", "64MB", row().seen(reading).state);
  CHECK(told_by(row(), change, row().seen(reading).state) == Told::kDidNot);
  reading["under_way"] = true;
  CHECK(told_by(row(), change, row().seen(reading).state) == Told::kNothing);
}

TEST_CASE("a time for statements of less than a second is a loss of writes") {
  CHECK(described("statement_timeout", "50ms", state("0", "", kTime)).level == 3);
  CHECK(described("statement_timeout", "5s", state("0", "", kTime)).level < 3);
  CHECK(described("statement_timeout", "0", state("5000", "", kTime)).level < 3);
}
