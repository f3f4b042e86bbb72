// A compose file as text: what one service's image and environment say, and the same text with one of them changed.
// Every other byte stays: comments, order, quotes, blanks. After each edit the new text is read again and held against
// the old one; what would change anything else is refused.
//
// What is not changed here, and says so: a value that comes by an alias or a merge key (it belongs to other services
// too), one that compose fills in from a variable (${TAG}), and one that is written in several lines. `$` in a value is
// written `$$`, as compose wants it (https://docs.docker.com/compose/compose-file/12-interpolation/).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/yaml.h"

namespace runbook::primitive {

/// What a service's environment says about one key.
struct ComposeSetting {
  enum class Kind {
    kAbsent,
    kSet,
    kPassed /* without a value: taken from the environment of whoever runs compose */
  };
  Kind kind = Kind::kAbsent;
  std::string value{};  // of kSet

  bool operator==(const ComposeSetting&) const = default;
};

class ComposeFile {
 public:
  /// kConfig with the line, for what is no YAML or has no `services`.
  static Result<ComposeFile> parse(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::vector<std::string> services() const;
  /// The keys of a service's environment, in order. kNotFound for an unknown service, with the nearest name.
  [[nodiscard]] Result<std::vector<std::string>> keys(std::string_view service) const;

  /// The service's image. kNotFound when it has none of its own (`build:`); kRefused for what is not changed here.
  [[nodiscard]] Result<std::string> image(std::string_view service) const;
  [[nodiscard]] Result<ComposeSetting> setting(std::string_view service, std::string_view key) const;

  /// The text with that image. kUsage for an image that is no name, and as image().
  [[nodiscard]] Result<std::string> with_image(std::string_view service, std::string_view image) const;
  /// The text with that value of the key, which is added when it is not there; absent: without the key.
  [[nodiscard]] Result<std::string> with_setting(std::string_view service, std::string_view key,
                                                 const std::optional<std::string>& value) const;

 private:
  ComposeFile(std::string text, YamlNode root) : text_(std::move(text)), root_(std::move(root)) {}
  [[nodiscard]] Result<const YamlNode*> service(std::string_view name) const;
  /// The edited text, when it says what is expected of it and nothing else.
  [[nodiscard]] Result<std::string> edited(std::string_view name, std::string out, const YamlNode& expected) const;

  std::string text_;
  YamlNode root_;
};

}  // namespace runbook::primitive
