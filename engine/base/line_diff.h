// What differs between two texts, line by line, for people to read. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// The lines that go ("- proxy_read_timeout 60s;") and those that come ("+ …"), in order, each group of neighbours
/// behind the line that it stands after ("  location / {"), where there is one. At most `most` of them; the last one
/// then tells how many there are besides. Empty when the texts are the same.
std::vector<std::string> line_differences(std::string_view before, std::string_view after, std::size_t most);

}  // namespace runbook
