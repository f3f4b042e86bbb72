// Readers of one image: what it is, and which one a tag names.
#include "base/text.h"
#include "primitive/read/ask_docker.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/read_rows.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::ReadRow;
using safety::Target;

// What docker says of an image by its name or id; null when there is none.
Task<Result<Value>> inspect_image(Reach& reach, const Target& target, std::string_view image) {
  auto path = "/images/" + std::string(image) + "/json";
  auto answer = co_await ask_docker_json(reach, target, std::move(path));
  if (answer) co_return std::move(answer->value);
  if (answer.error().code == Code::kNotFound) co_return Value();
  co_return std::move(answer).error();
}

Task<Result<Value>> read_image(Reach& reach, const Target& target, const Value& args) {
  const auto name = args["image"].text_or("");
  RUNBOOK_CO_TRY(inspect, co_await inspect_image(reach, target, name));
  if (inspect.is_null())
    co_return Error{
        .code = Code::kNotFound, .message = "there is no image " + escaped(name, 120), .where = target.name};
  const auto& image = std::as_const(inspect);
  const auto& config = image["Config"];
  co_return Value(Value::Map{{"id", image["Id"]},
                             {"tags", image["RepoTags"]},
                             {"digests", image["RepoDigests"]},
                             {"created", image["Created"]},
                             {"bytes", image["Size"]},
                             {"layers", image["RootFS"]["Layers"].items().size()},
                             {"command", config["Cmd"]},
                             {"entrypoint", config["Entrypoint"]},
                             {"labels", config["Labels"]},
                             {"env_keys", environment_keys(config["Env"])}});
}

Task<Result<Value>> read_tag(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(named, co_await inspect_image(reach, target, args["tag"].text_or("")));
  const auto& found = std::as_const(named);
  Value out = Value::Map{{"id", found["Id"]}, {"names", found["RepoTags"].items().size()}};
  if (const auto& image = args["image"]; !image.is_null()) {
    RUNBOOK_CO_TRY(wanted, co_await inspect_image(reach, target, image.text_or("")));
    out["image_id"] = std::as_const(wanted)["Id"];
  }
  co_return out;
}

constexpr ArgSpec kImageArgs[] = {{"image", ArgType::kText, true, "its name or id", "shop/api:1.4.1"}};
constexpr ArgSpec kTagArgs[] = {
    {"tag", ArgType::kText, true, "the name with its tag", "shop/api:stable"},
    {"image", ArgType::kText, false, "an image to compare with, by name or id", "shop/api:1.4.1"}};

const ReadRow kRows[] = {
    {"docker.image", "docker", kImageArgs, "One image.",
     "{id, tags, digests, created, bytes, layers, command, entrypoint, labels, env_keys}", read_image,
     "{client} image inspect {image}"},
    {"docker.tag", "docker", kTagArgs, "Which image a tag names.",
     "{id, names, image_id}: id is nil when it names none, names how many names that image has; image_id is that of "
     "the image given beside it",
     read_tag, "{client} image inspect {tag}"},
};

}  // namespace

std::span<const ReadRow> docker_image_rows() { return kRows; }

}  // namespace runbook::primitive
