// Texts that travel inside the program: what a new playbook is made of (templates/), and what an editor is told of the
// language (types/). They are files of the tree, so that they can be read, tried and edited as what they are.
#pragma once

#include <span>
#include <string_view>

namespace runbook::author {

struct ShippedText {
  std::string_view path;  // "templates/redis/book.lua"
  std::string_view text;
};

/// All of them, sorted by path (generated at build time).
std::span<const ShippedText> shipped_texts();

}  // namespace runbook::author
