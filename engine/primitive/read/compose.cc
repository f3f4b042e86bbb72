// Readers of compose files: what a service is declared to be. What runs of it is asked of its containers.
#include "base/redaction/key_names.h"
#include "base/redaction/redactor.h"
#include "base/text.h"
#include "primitive/compose/compose_disk.h"
#include "primitive/read/read_rows.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::ReadRow;
using safety::Target;

template <class T>
Result<T> at(const Target& target, Result<T> result) {
  if (!result) result.error().where = target.name;
  return result;
}

Task<Result<Value>> read_services(Reach& /*reach*/, const Target& target, const Value& /*args*/) {
  RUNBOOK_CO_TRY(file, read_compose(target));
  Value::Map services;
  for (const auto& name : file.services()) {
    Value service = Value::Map{};
    const auto image = file.image(name);
    if (image) service["image"] = *image;
    if (const auto keys = file.keys(name)) service["environment"] = Value::List(keys->begin(), keys->end());
    services[name] = std::move(service);
  }
  co_return Value(std::move(services));
}

Task<Result<Value>> read_image(Reach& /*reach*/, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(file, read_compose(target));
  RUNBOOK_CO_TRY(image, at(target, file.image(args["service"].text_or(""))));
  co_return Value(image);
}

Task<Result<Value>> read_setting(Reach& /*reach*/, const Target& target, const Value& args) {
  const auto key = std::string(args["key"].text_or(""));
  RUNBOOK_CO_TRY(file, read_compose(target));
  RUNBOOK_CO_TRY(setting, at(target, file.setting(args["service"].text_or(""), key)));
  switch (setting.kind) {
    case ComposeSetting::Kind::kAbsent:
      co_return Value();
    case ComposeSetting::Kind::kPassed:
      co_return Error{.code = Code::kRefused,
                      .message = escaped(key, 60) + " is taken from the environment of whoever runs compose",
                      .where = target.name,
                      .next = "change it there"};
    case ComposeSetting::Kind::kSet:
      break;
  }
  if (names_secret(key) && may_be_secret(setting.value)) co_return hidden_whole(setting.value);
  co_return Value(setting.value);
}

constexpr ArgSpec kServiceArgs[] = {{"service", ArgType::kText, true, "the service, as the file names it", "api"}};
constexpr ArgSpec kSettingArgs[] = {{"service", ArgType::kText, true, "the service, as the file names it", "api"},
                                    {"key", ArgType::kText, true, "the variable of its environment", "FEATURE_X"}};

const ReadRow kRows[] = {
    {"compose.services",
     "compose",
     {},
     "The services of the compose file.",
     "{[service] = {image, environment = list of keys}}; without what comes by an alias or a variable",
     read_services,
     "{client} config"},
    {"compose.image", "compose", kServiceArgs, "The image that the file gives a service.", "text", read_image,
     "{client} config --images {service}"},
    {"compose.setting", "compose", kSettingArgs, "The value that the file gives a variable of a service's environment.",
     "text; nothing when it is not there; hidden when its name says that it is secret", read_setting,
     "grep -n {key} {file}"},
};

}  // namespace

std::span<const ReadRow> compose_rows() { return kRows; }

}  // namespace runbook::primitive
