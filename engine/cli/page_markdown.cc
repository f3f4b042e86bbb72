#include "base/json.h"
#include "base/text.h"
#include "cli/book_page.h"
#include "cli/plan_text.h"

namespace runbook::cli {

namespace {

// Text of a playbook as Markdown shows it: the signs that would be taken for HTML or emphasis say themselves.
std::string prose(const Value& value) {
  std::string out;
  for (const char c : escaped(value.text_or(""))) {
    if (c == '<' || c == '>' || c == '*') out += '\\';
    out += c;
  }
  return out;
}

std::string code(const Value& value) { return "`" + escaped(value.text_or("")) + "`"; }

std::string codes(const Value& list) {
  std::vector<std::string> words;
  for (const auto& item : list.items()) words.push_back(code(item));
  return join(words, ", ");
}

std::string cell(std::string text) { return text.empty() ? "–" : text; }

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const auto& text : cells) {
    out += ' ';
    for (const char c : text) out += c == '|' ? "\\|" : std::string(1, c);
    out += " |";
  }
  return out + "\n";
}

std::string table(const std::vector<std::string>& heads) {
  return row(heads) + "|" + [&] {
    std::string line;
    for (std::size_t i = 0; i < heads.size(); ++i) line += "---|";
    return line;
  }() + "\n";
}

std::string fenced(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return "```text\n" + text + "\n```\n";
}

std::string shown(const Value& value) { return value.as_text() != nullptr ? *value.as_text() : to_json(value); }

std::string head(const Value& page) {
  std::string out = "# " + escaped(page["book"].text_or("")) + "\n\n" + prose(page["summary"]) + "\n";
  for (const auto& note : page["notes"].items()) out += "\n" + prose(note) + "\n";
  out += "\n" + row({"", ""}) + "|---|---|\n";
  if (!page["alerts"].items().empty()) out += row({"alerts", codes(page["alerts"])});
  out += row({"severity", prose(page["severity"])}) + row({"owner", prose(page["owner"])});
  return out + row({"changes",
                    page["read_only"].bool_or(false) ? "nothing: it only looks" : "what is approved, after it looked"});
}

bool is_target(const Value& input) {
  const auto kind = input["kind"].text_or("");
  return kind != "text" && kind != "number";
}

bool has_to_be_given(const Value& input) {
  return !is_target(input) && input["default"].is_null() && !input["optional"].bool_or(false);
}

std::string start(const Value& page) {
  auto book = escaped(page["book"].text_or(""));
  for (const auto& input : page["inputs"].items()) {
    if (has_to_be_given(input)) book += " -p " + escaped(input["name"].text_or("")) + "=…";
  }
  std::string out = "\n## Start it\n\n```text\n";
  out += "runbook run " + book + " --dry-run    # looks, and shows what it would do\n";
  if (!page["read_only"].bool_or(false))
    out += "runbook run " + book + "              # looks, asks, changes, checks\n";
  return out + "runbook show " + book + " --by-hand   # the same as commands that you type\n```\n";
}

std::string when_left_out(const Value& input) {
  if (const auto& usual = input["default"]; !usual.is_null()) return prose(shown(usual));
  if (has_to_be_given(input)) return "it has to be given";
  return input["optional"].bool_or(false) ? "none" : "the only one of the inventory, else it asks";
}

std::string inputs(const Value& page) {
  if (page["inputs"].items().empty()) return {};
  std::string out = "\n" + table({"input", "what it is", "kind", "when left out"});
  for (const auto& input : page["inputs"].items()) {
    out += row({code("-p " + std::string(input["name"].text_or("")) + "=…"), prose(input["label"]),
                prose(input["kind"]) + (input["many"].bool_or(false) ? ", several" : ""), when_left_out(input)});
  }
  return out;
}

std::string looks(const Value& page) {
  std::string out = "\n## What it looks at\n\n" + table({"reading", "read by", "what that tells"});
  for (const auto& look : page["looks"].items()) {
    const bool named = !look["name"].text_or("").empty();
    out += row({named ? code(look["name"]) : "", code(look["call"]), prose(look["doc"])});
  }
  if (!page["looks_problem"].is_null()) out += "\nWhat else it reads depends on what it finds.\n";
  return out;
}

std::string findings(const Value& page) {
  std::string out = "\n## What it can find\n\n" + table({"finding", "what it means", "what is done about it"});
  for (const auto& finding : page["findings"].items()) {
    auto done = codes(finding["answered_by"]);
    const auto next = prose(finding["next"]);
    done += (done.empty() || next.empty() ? "" : "; ") + next;
    out += row({code(finding["name"]), cell(prose(finding["meaning"])), cell(done)});
  }
  return out;
}

std::string why(const Value& mitigation) {
  std::string out =
      mitigation["hold"].bool_or(false) ? "Buys time, cures nothing." : "Answers " + codes(mitigation["answers"]) + ".";
  if (!mitigation["not_while"].items().empty()) out += " Not while " + codes(mitigation["not_while"]) + ".";
  if (!mitigation["needs"].items().empty()) out += " Needs the input " + codes(mitigation["needs"]) + ".";
  if (!mitigation["asks"].items().empty()) out += " Asks for " + codes(mitigation["asks"]) + ".";
  return out + "\n";
}

std::string in_general(const Value& mitigation) {
  std::string out;
  int number = 0;
  for (const auto& step : mitigation["steps"].items()) out += std::to_string(++number) + ". " + prose(step) + "\n";
  if (number == 0) out += "What it changes depends on what is found.\n";
  return out;
}

std::string checks_in_general(const Value& mitigation) {
  const auto& list = mitigation["checks"].items();
  if (list.empty()) return {};
  const bool holds = !mitigation["holds"].is_null();
  std::string out = "\nIt worked when, within " + prose(mitigation["within"]) +
                    (holds ? " and for " + prose(mitigation["holds"]) : "") + ":\n\n";
  for (const auto& check : list) out += "* " + prose(check) + "\n";
  return out;
}

std::string mitigations(const Value& page) {
  if (page["read_only"].bool_or(false)) return {};
  std::string out = "\n## What it may change, in this order of preference\n";
  for (const auto& one : page["mitigations"].items()) {
    out += "\n### " + escaped(one["name"].text_or("")) + "\n\n" + why(one);
    if (!one["warning"].text_or("").empty()) out += "\n**Warning:** " + prose(one["warning"]) + "\n";
    out += "\n" + in_general(one);
    const auto& recorded = one["recorded"];
    if (recorded.is_null()) {
      out += checks_in_general(one) + "\nNo recorded world takes it: `runbook run " +
             escaped(page["book"].text_or("")) + " --dry-run --mitigate " + escaped(one["name"].text_or("")) +
             "` shows calls, level and way back.\n";
      continue;
    }
    out += "\nAs in the world " + code(recorded["world"]) + ", level " + to_json(recorded["level"]) + " of 3:\n\n" +
           fenced(plan_text(recorded["plan"], Style::plain()));
  }
  return out;
}

std::string afterwards(const Value& page) {
  std::string out;
  if (const auto& watch = page["watch"]; !watch.is_null()) {
    out += "* What it set right is watched for " + prose(watch["within"]) +
           (watch["note"].text_or("").empty() ? "" : ": " + prose(watch["note"])) + ".\n";
  }
  for (const auto& one : page["follow_up"].items())
    out += "* When it lasted over " + prose(one["after"]) + ": " + prose(one["text"]) + "\n";
  if (!page["read_only"].bool_or(false))
    out += "* `runbook undo RUN` takes back what a run changed; `runbook report RUN` is its report.\n";
  return out.empty() ? "" : "\n## Afterwards\n\n" + out;
}

// Between HTML tags, where Markdown is not looked for.
std::string html(const Value& value) {
  std::string out;
  for (const char c : escaped(value.text_or(""))) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

std::string worlds(const Value& page) {
  if (page["worlds"].items().empty()) return {};
  std::string out = "\n## What it looks like\n\nRuns in its recorded worlds, as `runbook test` holds it to them.\n";
  for (const auto& world : page["worlds"].items()) {
    std::string ends;
    for (const auto& name : world["verdict"].items()) ends += html(name) + ", ";
    if (!world["mitigation"].text_or("").empty()) ends += html(world["mitigation"]) + ", ";
    out += "\n<details>\n<summary><b>" + html(world["name"]) + "</b>: " + ends + "exit " + to_json(world["exit"]) +
           "</summary>\n\n" + prose(world["about"]) + "\n\n" + fenced(std::string(world["transcript"].text_or(""))) +
           "\n</details>\n";
  }
  return out;
}

}  // namespace

std::string page_markdown(const Value& page) {
  return head(page) + start(page) + inputs(page) + looks(page) + findings(page) + mitigations(page) + afterwards(page) +
         worlds(page);
}

}  // namespace runbook::cli
