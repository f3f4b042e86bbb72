// What can be changed in a compose file: one image, or one variable of a service's environment. The file is edited
// where the value stands; comments, order and quotes stay. What runs is not touched: that is a container's change.
#include <array>

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
using safety::StateCall;
using safety::Words;

std::string quoted(const Value& value) {
  const auto* text = value.as_text();
  return text == nullptr ? "nothing" : "\"" + escaped(*text, 80) + "\"";
}

StateCall image_state(const Value& args) { return {.row = "compose.image", .args = args}; }
StateCall setting_state(const Value& args) { return {.row = "compose.setting", .args = args}; }

Result<Value> normalise_image(const Value& /*args*/, const Value& to) {
  const auto text = to.text_or("");
  if (text.empty() || text.find_first_of(" \t\n\r\"'$") != std::string_view::npos)
    return usage("an image is a name such as registry/api:1.4, not " + quoted(to));
  return to;
}

Result<Value> normalise_setting(const Value& args, const Value& to) {
  if (args["key"].text_or("").empty()) return usage("the empty name of a variable");
  if (to.is_null() || to.as_text() != nullptr) return to;
  if (to.as_number() != nullptr || to.as_bool() != nullptr) return Value(to_json(to));
  return usage("a variable of an environment is text, got a " + std::string(to.type_name()));
}

// Both words are filled in by the applier: the plan's target knows the path, and the rest of the file may hold secrets.
void describe_edit(Change& change, const std::string& what) {
  const auto content = "the same with " + what + (change.to.is_null() ? " taken away" : ": " + quoted(change.to));
  change.calls = {Words{"WRITE", Value::Map{{"$filled", "path"}}, Value::Map{{"$filled", content}}}};
  change.undo = Inverse{.row = change.row, .args = change.args, .to = change.from};
  change.comparing = "leaves a window: the file is read again right before it is replaced as a whole";
}

bool describe_image(Change& change) {
  const auto service = escaped(change.args["service"].text_or(""), 60);
  describe_edit(change, "image of " + service);
  change.text = "in the compose file of " + change.target + ", set the image of " + service + " from " +
                quoted(change.from) + " to " + quoted(change.to);
  return false;
}

bool describe_setting(Change& change) {
  const auto service = escaped(change.args["service"].text_or(""), 60);
  const auto key = escaped(change.args["key"].text_or(""), 60);
  describe_edit(change, key + " of " + service);
  change.text = "in the compose file of " + change.target + ", ";
  if (change.to.is_null()) {
    change.text += "take " + key + " of " + service + " away, which is " + quoted(change.from);
  } else {
    change.text += "set " + key + " of " + service + " from " + quoted(change.from) + " to " + quoted(change.to);
  }
  return false;
}

// The plan's sentence says what to put where.
std::vector<std::string> by_editor(const Change& /*change*/) { return {"${EDITOR:-vi} {file}"}; }

constexpr ArgSpec kServiceArgs[] = {{"service", ArgType::kText, true, "the service, as the file names it", "api"}};
constexpr ArgSpec kSettingArgs[] = {{"service", ArgType::kText, true, "the service, as the file names it", "api"},
                                    {"key", ArgType::kText, true, "the variable of its environment", "FEATURE_X"}};

const std::array<ChangeRow, 2> kRows = {{
    {.name = "compose.image",
     .kind = "compose",
     .args = kServiceArgs,
     .doc = "Sets the image of a service in the compose file. Nothing is restarted by it.",
     .to_doc = "the image: registry/api:1.4",
     .to_example = "registry/api:1.3",
     .normalise = normalise_image,
     .state_call = image_state,
     .seen = as_read,
     .describe = describe_image,
     .by_hand = by_editor},
    {.name = "compose.setting",
     .kind = "compose",
     .args = kSettingArgs,
     .doc = "Sets a variable of a service's environment in the compose file; without `to` it is taken away. Nothing is "
            "restarted by it.",
     .to_doc = "the value: text, a number, true or false",
     .to_example = "off",
     .normalise = normalise_setting,
     .state_call = setting_state,
     .seen = as_read,
     .describe = describe_setting,
     .by_hand = by_editor},
}};

}  // namespace

std::span<const ChangeRow> compose_change_rows() { return kRows; }

}  // namespace runbook::primitive
