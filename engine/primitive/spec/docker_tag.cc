// Which image a tag names. The image is named by its id, so that what the plan shows is what the tag will name.
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/container_words.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::StateCall;

std::string_view text_in(const Value& map, std::string_view key) { return map[key].text_or(""); }

// "sha256:3f2a9c…" → "3f2a9c…", twelve digits.
std::string short_image(const Value& id) {
  const auto text = id.text_or("");
  return short_id(text.substr(text.find(':') + 1));
}

// ---- docker.tag, docker.untag

// A colon behind the last slash: before it, it is a port.
std::size_t before_tag(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos || name.find('/', colon) != std::string_view::npos ? 0 : colon;
}

Result<void> check_tag(std::string_view tag) {
  const auto colon = before_tag(tag);
  if (made_of(tag, "._-/:") && colon > 0 && colon + 1 < tag.size()) return {};
  return usage("a tag is given as \"repository:tag\", got " + escaped(tag, 80));
}

Result<Value> normalise_tag(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_tag(text_in(args, "tag")));
  if (!made_of(text_in(args, "image"), "._-/:@"))
    return usage("an image is given by its name or its id, got " + escaped(text_in(args, "image"), 80));
  return no_to(args, to);
}

Result<Value> normalise_untag(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_tag(text_in(args, "tag")));
  return no_to(args, to);
}

StateCall tag_state(const Value& args) {
  StateCall call{.row = "docker.tag", .args = Value::Map{{"tag", args["tag"]}}};
  if (!args["image"].is_null()) call.args["image"] = args["image"];
  return call;
}

bool names_it(const Change& change, const Value& state) {
  const auto& wanted = std::as_const(change.from)["image_id"];
  return !wanted.is_null() && state["id"] == wanted;
}

bool names_nothing(const Change& /*change*/, const Value& state) { return state["id"].is_null(); }

std::string unfit_to_tag(const Change& change) {
  if (!std::as_const(change.from)["image_id"].is_null()) return {};
  return "the engine has no image " + escaped(text_in(change.args, "image"), 120) + ": pull it there first";
}

std::string unfit_to_untag(const Change& change) {
  const auto& from = std::as_const(change.from);
  if (from["id"].is_null() || from["names"].number_or(0) > 1) return {};
  return "it is the only name of its image: docker would delete the image with it";
}

bool describe_tag(Change& change) {
  const auto& from = std::as_const(change.from);
  const std::string tag(text_in(std::as_const(change.args), "tag"));
  const auto colon = before_tag(tag);
  const std::string id(from["image_id"].text_or("IMAGE"));
  change.calls = {{"POST", "/images/" + id + "/tag?repo=" + tag.substr(0, colon) + "&tag=" + tag.substr(colon + 1)}};
  change.text = "let " + escaped(tag, 120) + " of " + change.target + " name the image " +
                escaped(text_in(std::as_const(change.args), "image"), 120) + " (" + short_image(from["image_id"]) +
                ")" + (from["id"].is_null() ? "" : " instead of " + short_image(from["id"]));
  change.comparing = "leaves a window: docker has no atomic compare; it is read again right before";
  Value args = Value::Map{{"tag", tag}};
  if (from["id"].is_null()) {
    change.undo = Inverse{.row = "docker.untag", .args = std::move(args), .to = {}};
  } else {
    args["image"] = from["id"];
    change.undo = Inverse{.row = "docker.tag", .args = std::move(args), .to = {}};
  }
  return false;
}

bool describe_untag(Change& change) {
  const std::string tag(text_in(std::as_const(change.args), "tag"));
  const auto& id = std::as_const(change.from)["id"];
  change.calls = {{"DELETE", "/images/" + tag + "?noprune=1"}};
  change.text = "take the name " + escaped(tag, 120) + " of " + change.target + " away from the image " +
                short_image(id) + ", which keeps its others";
  change.comparing = "leaves a window: docker has no atomic compare; it is read again right before";
  change.undo = Inverse{.row = "docker.tag", .args = Value::Map{{"tag", tag}, {"image", id}}, .to = {}};
  return false;
}

// ---- rows

constexpr ArgSpec kTagArgs[] = {
    {"image", ArgType::kText, true, "the image, by name or id", "shop/api:1.4.1"},
    {"tag", ArgType::kText, true, "the name that it gets, with its tag", "shop/api:stable"}};
constexpr ArgSpec kUntagArgs[] = {{"tag", ArgType::kText, true, "the name, with its tag", "shop/api:stable"}};

const std::array<ChangeRow, 2> kRows = {{
    {.name = "docker.tag",
     .kind = "docker",
     .args = kTagArgs,
     .doc = "Lets a tag name another image; its undo lets it name the one before, or none.",
     .to_doc = "",
     .took_place = names_it,
     .normalise = normalise_tag,
     .state_call = tag_state,
     .seen = as_read,
     .unfit = unfit_to_tag,
     .describe = describe_tag,
     .by_hand = [](const Change&) { return std::vector<std::string>{"{client} tag {image} {tag}"}; }},
    {.name = "docker.untag",
     .kind = "docker",
     .args = kUntagArgs,
     .doc = "Takes a name away from an image that has others.",
     .to_doc = "",
     .offered = false,
     .took_place = names_nothing,
     .normalise = normalise_untag,
     .state_call = tag_state,
     .seen = as_read,
     .unfit = unfit_to_untag,
     .describe = describe_untag,
     .by_hand = [](const Change&) { return std::vector<std::string>{"{client} image rm --no-prune {tag}"}; }},
}};

}  // namespace

std::span<const ChangeRow> docker_tag_rows() { return kRows; }

}  // namespace runbook::primitive
