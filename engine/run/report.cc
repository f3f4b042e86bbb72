#include "base/json.h"
#include "base/text.h"
#include "run/summary.h"
#include "safety/change.h"

namespace runbook::run {

namespace {

// Remote text in Markdown: escaped for terminals, and without the characters that would make it structure.
std::string safe(std::string_view text, std::size_t width = 400) {
  std::string out;
  for (const char c : escaped(text, width)) {
    if (std::string_view("`*_[]<>|#\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string show(const Value& value) { return safe(value.as_text() != nullptr ? *value.as_text() : to_json(value)); }

std::string clock_of(const safety::Record& record) { return utc_text(record.moment.wall_ms).substr(11, 8); }

std::string checks_of(const Value& checks, const std::string& indent) {
  std::string out;
  for (const auto& check : checks.items()) {
    out += indent + "- " + show(check["target"]) + ": " + show(check["text"]);
    out += (check["got"].is_null() ? "" : ": " + show(check["got"])) + "\n";
  }
  return out;
}

std::string items_of(const Value& plan) {
  std::string out;
  for (const auto& item : plan["items"].items()) {
    const auto kind = item["kind"].text_or("");
    if (kind == "barrier") {
      const auto& least = item["at_least"];
      out += "  - goes on only when" + (least.is_null() ? "" : " at least " + to_json(least) + " targets are well") +
             "\n" + checks_of(item["checks"], "    ");
    } else if (kind == "manual") {
      out += "  - by hand: " + show(item["what"]) + ", expects " + show(item["expects"]) + "\n";
    } else {
      out += "  - " + show(item["text"]) + "\n";
      for (const auto& call : item["calls"].items())
        out += "    - sends: " + safe(safety::command_text(call.items())) + "\n";
    }
  }
  return out;
}

// Where a finding, or a playbook that does not fit, points to.
std::string pointer(const Value& where) {
  std::string out;
  for (const auto& step : {where["next"], where["link"]["command"]}) {
    if (!step.text_or("").empty()) out += "    - next: " + show(step) + "\n";
  }
  return out;
}

std::string handed_over(const Value& data) {
  std::string out = "## Handed over\n\n";
  if (!data["note"].text_or("").empty()) out += show(data["note"]) + "\n\n";
  for (const auto* part : {"known", "done", "stands", "next"}) {
    if (data[part].items().empty()) continue;
    out += std::string("- ") + part + "\n";
    for (const auto& sentence : data[part].items()) out += "  - " + show(sentence) + "\n";
  }
  return out + "\n";
}

std::string line_of_event(const safety::Record& record) {
  const auto& data = record.data;
  if (record.type == "VERDICT") {
    const bool told = data["findings"].items().empty() && !data["text"].text_or("").empty();
    std::string out = "diagnosis: " + show(data["verdict"]) + (told ? ", " + show(data["text"]) : "") + "\n";
    for (const auto& found : data["findings"].items())
      out += "  - **" + show(found["name"]) + "**: " + show(found["text"]) + "\n" + pointer(found);
    return out + pointer(data);
  }
  if (record.type == "PLAN") {
    return "plan " + show(data["mitigation"]) + ", level " + show(data["level"]) + ", digest " +
           safe(data["digest"].text_or(""), 13) + "\n" + items_of(data);
  }
  if (record.type == "GATE") {
    return std::string(data["approved"].bool_or(false) ? "approved" : "not approved") + " by " +
           show(data["operator"]["user"]) + (data["reason"].text_or("").empty() ? "" : ": " + show(data["reason"])) +
           "\n";
  }
  if (record.type == "INTENT") return "begins: " + show(data["text"]) + "\n";
  if (record.type == "OUTCOME")
    return show(data["status"]) + ": " + show(data["text"]) + ", now " + show(data["after"]) + "\n";
  if (record.type == "VERIFY") {
    return std::string("checks ") + (data["holds"].bool_or(false) ? "hold" : "DO NOT HOLD") + "\n" +
           checks_of(data["checks"], "  ");
  }
  if (record.type == "BARRIER") {
    return std::string("barrier ") + (data["holds"].bool_or(false) ? "holds" : "DOES NOT HOLD") + " " +
           show(data["text"]) + "\n" + checks_of(data["checks"], "  ");
  }
  if (record.type == "MANUAL") {
    return "by hand, by " + show(data["operator"]["user"]) + ": " + show(data["what"]) + ", " +
           (data["saw"].is_null() ? std::string("not done") : "saw " + show(data["saw"])) +
           (data["good"].bool_or(false) ? "" : ", NOT AS EXPECTED") + "\n";
  }
  if (record.type == "FAILED_MEMBERS") {
    std::string out = data["goes_on"].bool_or(false) ? "the others go on without:" : "the plan stops, these failed:";
    for (const auto& name : data["failed"].items()) out += " " + show(name);
    return out + "\n";
  }
  if (record.type == "BY_HAND") {
    std::string out = "by hand, by " + show(data["operator"]["user"]) + ": " + show(data["what"]) +
                      (data["stands"].bool_or(false) ? ", now " + show(data["after"]) : std::string(", not done")) +
                      "\n";
    for (const auto& command : data["commands"].items()) out += "  - to type: " + show(command) + "\n";
    for (const auto& command : data["undo"]["commands"].items()) out += "  - undo: " + show(command) + "\n";
    return out;
  }
  if (record.type == "RESUME") {
    std::string out = "resumed by " + show(data["operator"]["user"]) + " on " + show(data["operator"]["host"]) + "\n";
    for (const auto& changed : data["accepted"].items()) out += "  - accepted: " + show(changed) + "\n";
    return out;
  }
  if (record.type == "UNANCHORED") {
    std::string out = "the end of the log could not be noted\n";
    for (const auto& lost : data["places"].items())
      out += "  - " + show(lost["place"]) + ": " + show(lost["why"]) + "\n";
    return out;
  }
  if (record.type == "LEFT_OUT") return "left out: " + show(data["text"]) + ", " + show(data["why"]) + "\n";
  if (record.type == "WATCH") return "watched: " + show(data["end"]) + "\n" + checks_of(data["checks"], "  ");
  if (record.type == "RUN_END")
    return "ends: " + show(data["status"]) + ", exit " + show(data["exit"]) +
           (data["note"].text_or("").empty() ? "" : ": " + show(data["note"])) + "\n";
  return {};
}

}  // namespace

std::string report(std::span<const safety::Record> records, const std::vector<std::string>& followers) {
  std::string head;
  std::string handed;
  std::string evidence = "## What was seen\n\n| reading | target | result | evidence |\n|---|---|---|---|\n";
  std::string timeline = "## Timeline (UTC)\n\n";
  for (const auto& record : records) {
    const auto& data = record.data;
    if (record.type == "RUN_START") {
      head = "# " + show(data["playbook"]) + ", run " + safe(record.run) + "\n\n" + show(data["summary"]) + "\n\n";
      head += "- mode: " + show(data["mode"]) + "\n- operator: " + show(data["operator"]["user"]) + " on " +
              show(data["operator"]["host"]) + "\n- started: " + utc_text(record.moment.wall_ms) +
              "\n- inputs: " + show(data["inputs"]) + "\n";
      if (!data["incident"].text_or("").empty()) head += "- incident: " + show(data["incident"]) + "\n";
      if (!data["follows"].text_or("").empty()) head += "- goes on from run " + show(data["follows"]) + "\n";
      timeline += "- " + clock_of(record) + " started\n";
    } else if (record.type == "HAND_OVER") {
      handed = handed_over(data);
      timeline += "- " + clock_of(record) + " handed over\n";
    } else if (record.type == "EVIDENCE") {
      const bool read = data["error"].is_null();
      evidence += "| " + show(data["name"]) + " | " + show(data["target"]) + " | " +
                  (read ? show(data["brief"]) : "could not be read: " + show(data["error"]["message"])) + " | " +
                  (read ? safe(data["sha256"].text_or(""), 13) : "–") + " |\n";
    } else if (const auto line = line_of_event(record); !line.empty()) {
      timeline += "- " + clock_of(record) + " " + line;
    }
  }
  for (const auto& run : followers) head += "- went on as run " + safe(run) + "\n";
  return head + "\n" + handed + evidence + "\n" + timeline;
}

}  // namespace runbook::run
