// What can be changed in a Grafana: an annotation, by which dashboards show when something was done.
//
// Grafana gives an annotation its id; so it is known by its text and its tags, and the id is read when it is taken
// back.
#include "base/json.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
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

Result<Value> normalise(const Value& args, const Value& to) {
  if (trim(args["text"].text_or("")).empty()) return usage("an annotation wants a text, by which it is found again");
  return no_to(args, to);
}

StateCall annotation_state(const Value& args) {
  return {.row = "grafana.annotation", .args = Value::Map{{"text", args["text"]}, {"tags", args["tags"]}}};
}

Seen seen(const Value& reading) {
  if (reading.as_map() == nullptr) return {};
  return {.state = Value::Map{{"id", reading["id"]}}, .blob = {}};
}

bool describe_annotate(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto body = to_json(Value::Map{{"text", args["text"]}, {"tags", args["tags"]}});
  change.calls = {Words{"POST", "/api/annotations", kSaysJson, body}};
  change.undo = Inverse{.row = "grafana.unannotate", .args = change.args, .to = Value()};
  change.text = "annotate the dashboards of " + change.target + ": " + escaped(args["text"].text_or(""), 100);
  change.comparing = "leaves a window: the annotations are read again right before";
  return false;
}

bool describe_unannotate(Change& change) {
  const auto& id = std::as_const(change.from)["id"];
  change.calls = {Words{"DELETE", "/api/annotations/" + (id.as_number() != nullptr ? to_json(id) : "<its id>"), ""}};
  change.nothing_to_undo = "it can be made anew";
  change.text =
      "delete the annotation " + escaped(std::as_const(change.args)["text"].text_or(""), 100) + " of " + change.target;
  change.comparing = "leaves a window: the annotations are read again right before";
  return false;
}

std::vector<std::string> annotate_by_hand(const Change& /*change*/) {
  return {"{client} -X POST -H 'Content-Type: application/json' --data-raw {sent} {url}/api/annotations"};
}

std::vector<std::string> unannotate_by_hand(const Change& change) {
  return {"{client} -X DELETE {url}" + std::string(change.calls.at(0).at(1).text_or(""))};
}

constexpr ArgSpec kArgs[] = {{"text", ArgType::kText, true, "what the dashboards show", "INC-4711: limit raised"},
                             {"tags", ArgType::kArgv, true, "by which dashboards choose it", "runbook"}};

const ChangeRow kRows[] = {
    {.name = "grafana.annotate",
     .kind = "grafana",
     .args = kArgs,
     .doc = "Marks in the dashboards when something was done.",
     .to_doc = {},
     .took_place = is_there,
     .normalise = normalise,
     .state_call = annotation_state,
     .seen = seen,
     .describe = describe_annotate,
     .by_hand = annotate_by_hand},
    {.name = "grafana.unannotate",
     .kind = "grafana",
     .args = kArgs,
     .doc = "Deletes such a mark.",
     .to_doc = {},
     .offered = false,
     .took_place = is_gone,
     .normalise = normalise,
     .state_call = annotation_state,
     .seen = seen,
     .describe = describe_unannotate,
     .by_hand = unannotate_by_hand},
};

}  // namespace

std::span<const ChangeRow> grafana_change_rows() { return kRows; }

}  // namespace runbook::primitive
