// Compose files of any bytes: they are read or refused; and what an edit gives back says what was asked for.
#include "driver.h"
#include "primitive/compose/compose_file.h"

namespace {

using namespace runbook;
using primitive::ComposeFile;
using primitive::ComposeSetting;

void edit_setting(const ComposeFile& file, const std::string& service, const std::string& key,
                  const std::optional<std::string>& value) {
  const auto text = file.with_setting(service, key, value);
  if (!text) return;
  const auto again = ComposeFile::parse(*text);
  if (!again) std::abort();
  const auto now = again->setting(service, key);
  const auto wanted = value ? ComposeSetting::Kind::kSet : ComposeSetting::Kind::kAbsent;
  if (!now || now->kind != wanted || now->value != value.value_or("")) std::abort();
  if (again->services() != file.services()) std::abort();
}

void run(std::string_view input) {
  const auto file = ComposeFile::parse(std::string(input));
  if (!file) return;
  for (const auto& service : file->services()) {
    if (const auto text = file->with_image(service, "registry:5000/api:2.0")) {
      const auto again = ComposeFile::parse(*text);
      const auto image = again ? again->image(service) : Result<std::string>(std::string());
      if (!image || *image != "registry:5000/api:2.0") std::abort();
    }
    edit_setting(*file, service, "NEW", "on $HOME \"and\" 'more'");
    const auto keys = file->keys(service);
    if (!keys) continue;
    for (const auto& key : *keys) {
      edit_setting(*file, service, key, "1.10");
      edit_setting(*file, service, key, std::nullopt);
    }
  }
}

const std::vector<std::string> kCorpus = {
    "services:\n  api:\n    image: \"r/api:1.4\"  # ours\n    environment:\n      A: 'on'  # why\n      B: 2\n\n  db:\n"
    "    image: postgres:15\n",
    "services:\n  api:\n    image: a\n    environment:\n    - A=1\n    - \"B=two words\"\n    - C\n",
    "services: {api: {image: a, environment: {A: b, C: d}}, db: {image: x, environment: [A=1, B=2]}}\n",
    "x-e: &e {A: 1}\nservices:\n  api:\n    <<: {image: q}\n    environment:\n      <<: *e\n      B: ${TAG:-1} $$x\n",
    "services:\r\n  api:\r\n    environment:\r\n      A: |\r\n        two\r\n        lines\r\n      B:\r\n    image: "
    "\xc3\xa4:1",
};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, run); }
