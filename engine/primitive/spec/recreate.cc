// A container made anew with the same configuration but another image or environment, and the way back to the very one
// that it was.
//
// The old one is never changed but in its name and its restart policy: docker must not start it again when the daemon
// does. So the way back is exact, and needs no value of its environment. Nothing is removed but what was made and never
// took over. Every call is one that the state (container.lineage) shows, so that a run that was cut off between two can
// be taken back (`partly`), and the plan of the way back is made from where things stand.
#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/redaction/key_names.h"
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
using safety::Words;

// ---- what is wanted: {image?, env? = {NAME = "value" or {secret = "NAME"}}}

Result<Value> image_of(const Value& to) {
  const auto* text = to.as_text();
  if (text == nullptr || !made_of(*text, "._-/:@"))
    return usage("an image is named like \"registry/name:tag\", got " + escaped(to_json(to), 80));
  return to;
}

Result<Value> variable_of(std::string_view name, const Value& to) {
  if (!made_of(name, "_") || (name[0] >= '0' && name[0] <= '9'))
    return usage("\"" + escaped(name, 60) + "\" is no name of an environment variable");
  if (to.members().size() == 1 && to["secret"].as_text() != nullptr) return to;
  if (to.as_number() != nullptr || to.as_bool() != nullptr) return Value(to_json(to));
  const auto* text = to.as_text();
  if (text == nullptr || text->find('\0') != std::string::npos)
    return usage(std::string(name) + " wants a text, a number, or secret \"NAME\"");
  if (names_secret(name) && may_be_secret(*text)) {
    return usage(std::string(name) + " names a secret, and what a plan holds is shown and kept",
                 "declare it in [secrets] of the inventory, and give secret \"NAME\"");
  }
  return to;
}

Result<Value> normalise_image(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_waits(args));
  return image_of(to);
}

Result<Value> normalise_env(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_waits(args));
  if (to.is_null()) return usage("change.container_env needs { to = … }");
  return variable_of(args["key"].text_or(""), to);
}

Result<Value> normalise_recreate(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_waits(args));
  Value out = Value::Map{};
  for (const auto& [key, value] : to.members()) {
    if (key == "image") {
      RUNBOOK_TRY(image, image_of(value));
      out["image"] = image;
    } else if (key == "env") {
      for (const auto& [name, given] : value.members()) {
        RUNBOOK_TRY(variable, variable_of(name, given));
        out["env"][name] = variable;
      }
    } else {
      return usage("change.container_recreate takes image and env, not " + escaped(key, 40));
    }
  }
  if (out.members().empty()) return usage("change.container_recreate needs { to = { image = …, env = { … } } }");
  return out;
}

std::string wish_text(const Value& wish) {
  std::vector<std::string> parts;
  if (const auto& image = wish["image"]; !image.is_null())
    parts.push_back("the image " + escaped(image.text_or(""), 120));
  for (const auto& [name, value] : wish["env"].members()) {
    const auto& secret = value["secret"];
    parts.push_back(name + (secret.is_null() ? "=" + escaped(value.text_or(""), 80)
                                             : " of the secret " + escaped(secret.text_or(""), 60)));
  }
  return join(parts, ", ");
}

// ---- the state

StateCall lineage(const Value& /*args*/) { return {.row = "container.lineage", .args = Value::Map{}}; }

std::string name_of(const Value& container) { return std::string(container["name"].text_or("")); }
std::string id_of(const Value& container) { return std::string(container["id"].text_or("")); }

// Of a change that made a container to take the place of `old`, in any of its steps.
bool about(const Value& state, const Value& old) {
  const auto& id = old["id"];
  return state["current"]["id"] == id || state["current"]["replaces"] == id || state["next"]["replaces"] == id;
}

bool took_over(const Change& change, const Value& state) {
  const auto& old = std::as_const(change.from)["current"];
  return !old.is_null() && state["current"]["replaces"] == old["id"] && state["current"]["up"].bool_or(false);
}

bool half_made(const Change& change, const Value& state) {
  return !(state == change.from) && about(state, std::as_const(change.from)["current"]);
}

std::string in_the_way(const Value& from) {
  const auto& next = from["next"];
  if (next.is_null() || (!next["up"].bool_or(true) && next["replaces"] == from["current"]["id"])) return {};
  return "a container " + escaped(name_of(next), 80) + " is there already, and not one that was left over here";
}

std::string unfit_to_recreate(const Change& change) {
  const auto& from = std::as_const(change.from);
  const auto& old = from["current"];
  if (old.is_null()) return "no container bears this name";
  if (old["auto_remove"].bool_or(false))
    return "docker removes it as soon as it stops (--rm): there would be no way back";
  if (old["networks"].items().size() > 1 && old["first_network"].text_or("").empty())
    return "it is in several networks, and none of them is the one that it was made in";
  for (const auto& [network, endpoint] : old["endpoints"].members()) {
    if (!made_of(network, "._-")) return "a network of it has a name that cannot be asked for: " + escaped(network, 60);
  }
  if (old["links"].bool_or(false)) return "it has links to other containers, which cannot be made anew here";
  return in_the_way(from);
}

// ---- the calls

Words rename(std::string_view container, const std::string& name) { return post(container, "rename?name=" + name); }

bool starts_by_itself(const Value& container) { return container["restart_policy"].text_or("no") != "no"; }

bool describe_recreate(Change& change) {
  const auto& from = std::as_const(change.from);
  const auto& old = from["current"];
  const auto id = short_id(old["id"].text_or(""));
  const auto name = old.is_null() ? std::string("NAME") : name_of(old);
  const auto next = name + ".next";
  const auto wish = wish_of(change);
  const auto stop = "stop?t=" + grace(change.args);
  change.calls.clear();
  if (!from["next"].is_null())
    change.calls.push_back({"DELETE", "/containers/" + short_id(from["next"]["id"].text_or(""))});
  change.calls.push_back({"POST", "/containers/create?name=" + next,
                          Value::Map{{"$filled", "as " + id + " is, but with " + wish_text(wish)}}});
  for (const auto& [network, endpoint] : old["endpoints"].members()) {
    if (old["first_network"] == Value(network)) continue;
    const Value body = Value::Map{{"Container", next}, {"EndpointConfig", endpoint}};
    change.calls.push_back({"POST", "/networks/" + network + "/connect", to_json(body)});
  }
  if (old["up"].bool_or(true)) change.calls.push_back(post(id, stop));
  if (starts_by_itself(old)) change.calls.push_back(set_policy(id, "no"));
  change.calls.push_back(rename(id, name + ".before-" + id));
  change.calls.push_back(rename(next, name));
  change.calls.push_back(post(name, "start"));
  change.if_it_fails = {rename(name, next), post(next, stop), rename(id, name)};
  if (starts_by_itself(old)) change.if_it_fails.push_back(set_policy(id, old["restart_policy"].text_or("")));
  if (old["up"].bool_or(true)) change.if_it_fails.push_back(post(id, "start"));
  change.if_it_fails.push_back({"DELETE", "/containers/" + next + "?force=1"});
  change.undo = Inverse{.row = "container.swap_back", .args = Value::Map{}, .to = change.from};
  change.text =
      "make " + container_text(change, name_of(old)) + " anew with " + wish_text(wish) +
      (wish["image"].is_null() || old.is_null() ? "" : " instead of " + escaped(old["image"].text_or(""), 120)) +
      "; the old one is stopped and kept";
  change.comparing = kReadAgain;
  return false;
}

// ---- container.swap_back

Result<Value> normalise_back(const Value& /*args*/, const Value& to) { return to; }

bool is_back(const Change& change, const Value& state) {
  const auto& old = std::as_const(change.to)["current"];
  return state["current"]["id"] == old["id"] && state["current"]["up"] == old["up"] && state["next"].is_null();
}

// As it stands, or, for a plan that shows what an undo would send, as it will.
Value standing(const Change& change) {
  if (change.from["current"].as_map() != nullptr || change.from["next"].as_map() != nullptr) return change.from;
  auto old = change.to["current"];
  const Value made = Value::Map{{"name", old["name"]}, {"up", true}, {"restart_policy", old["restart_policy"]}};
  old["up"] = false;
  old["name"] = name_of(old) + ".before-" + short_id(id_of(old));
  old["restart_policy"] = "no";
  return Value::Map{{"current", made}, {"next", Value()}, {"replaced", old}};
}

bool describe_back(Change& change) {
  const auto state = standing(change);
  const auto& wanted = std::as_const(change.to)["current"];
  const auto& current = std::as_const(state)["current"];
  const bool bears = current["id"] == wanted["id"];
  const auto& made = bears || current.is_null() ? std::as_const(state)["next"] : current;
  const auto& old = bears ? current : std::as_const(state)["replaced"];
  const auto name = name_of(wanted);
  const auto id = short_id(id_of(wanted));
  // Nobody has looked: it is named by what it will be called.
  const bool known = !id_of(made).empty();
  auto calls = std::vector<Words>();
  if (!made.is_null()) {
    const auto it = known ? short_id(id_of(made)) : name;
    if (made["up"].bool_or(false)) calls.push_back(post(it, "stop?t=10"));
    if (starts_by_itself(made)) calls.push_back(set_policy(it, "no"));
    if (name_of(made) == name) calls.push_back(rename(it, name + ".next"));
  }
  if (!bears) calls.push_back(rename(id, name));
  if (old["restart_policy"] != wanted["restart_policy"])
    calls.push_back(set_policy(id, wanted["restart_policy"].text_or("no")));
  if (wanted["up"].bool_or(false) && !old["up"].bool_or(false)) calls.push_back(post(id, "start"));
  if (!made.is_null()) {
    const auto it = known ? short_id(id_of(made)) : name + ".next";
    calls.push_back(rename(it, name + ".after-" + (known ? it : "ID")));
  }
  change.calls = std::move(calls);
  change.text = "bring back the container " + escaped(name, 80) + " as it was (" + id +
                "); the one that took its place is stopped and kept";
  change.comparing = kReadAgain;
  change.nothing_to_undo = "the playbook makes it anew again";
  return false;
}

std::string unfit_to_go_back(const Change& change) {
  const auto& from = std::as_const(change.from);
  const auto& wanted = std::as_const(change.to)["current"];
  const bool there = from["current"]["id"] == wanted["id"] || from["replaced"]["id"] == wanted["id"];
  if (!there) return "the container that it was (" + short_id(id_of(wanted)) + ") is not there any more";
  if (!from["current"].is_null() && !from["next"].is_null() && from["current"]["id"] != wanted["id"])
    return "a container " + escaped(name_of(from["next"]), 80) + " is in the way";
  return {};
}

bool half_back(const Change& change, const Value& state) {
  return !(state == change.from) && about(state, std::as_const(change.to)["current"]);
}

// ---- rows

constexpr ArgSpec kTimeout[] = {
    {"timeout", ArgType::kNumber, false, "seconds that the old one has to end by itself: 10 unless said", "10"},
    {"within", ArgType::kNumber, false, "seconds in which the new one must become healthy: 60 unless said", "60"}};
constexpr ArgSpec kVariable[] = {
    {"key", ArgType::kText, true, "the variable, by its name", "FEATURE_X"}, kTimeout[0], kTimeout[1]};

std::vector<std::string> typed(const Change& change) {
  const auto wish = wish_text(wish_of(change));
  return {"{client} inspect {container}", "{client} stop {container}", "{client} rename {container} {container}.before",
          "# docker run --name {container} with what inspect told, and " + wish};
}

std::vector<std::string> typed_back(const Change& /*change*/) {
  return {"{client} stop {container}", "{client} rename {container} {container}.after",
          "{client} rename {container}.before {container}", "{client} start {container}"};
}

ChangeRow row(std::string_view name, std::span<const ArgSpec> args, std::string_view doc, std::string_view to_doc,
              std::string_view example, bool takes_secret, Result<Value> (*normalise)(const Value&, const Value&)) {
  return {.name = name,
          .kind = "container",
          .args = args,
          .doc = doc,
          .to_doc = to_doc,
          .to_example = example,
          .takes_secret = takes_secret,
          .took_place = took_over,
          .partly = half_made,
          .tells_both_ways = true,
          .normalise = normalise,
          .state_call = lineage,
          .seen = as_read,
          .unfit = unfit_to_recreate,
          .describe = describe_recreate,
          .by_hand = typed};
}

const std::array<ChangeRow, 4> kRows = {
    row("container.image", kTimeout,
        "Makes a container anew with another image; its undo brings back the very container that it was.",
        "the image, which the engine must have", "lab/service:2", false, normalise_image),
    row("container.env", kVariable,
        "Makes a container anew with another value of one variable of its environment; its undo brings back the very "
        "container that it was.",
        "the value: text, a number, or secret \"NAME\" of the inventory", "off", true, normalise_env),
    row("container.recreate", kTimeout,
        "Makes a container anew with another image, other variables, or both; its undo brings back the very container "
        "that it was.",
        "{ image = \"…\", env = { NAME = value or secret \"NAME\" } }",
        R"({"env":{"FEATURE_X":"off"},"image":"lab/service:2"})", true, normalise_recreate),
    ChangeRow{.name = "container.swap_back",
              .kind = "container",
              .args = {},
              .doc = "Brings back the container that was made anew, as it was.",
              .to_doc = "what was read before",
              .offered = false,
              .took_place = is_back,
              .partly = half_back,
              .normalise = normalise_back,
              .state_call = lineage,
              .seen = as_read,
              .unfit = unfit_to_go_back,
              .describe = describe_back,
              .by_hand = typed_back}};

}  // namespace

std::span<const ChangeRow> recreate_change_rows() { return kRows; }

}  // namespace runbook::primitive
