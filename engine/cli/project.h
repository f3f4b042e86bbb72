// The project that somebody works in: where its own playbooks and its editor's settings go.
#pragma once

#include <filesystem>

#include "author/new_book.h"
#include "run/config.h"

namespace runbook::cli {

/// The folder of the nearest runbook.toml, in `folder` or above it; `folder` itself when there is none.
std::filesystem::path project_of(const std::filesystem::path& folder);

/// The first folder of playbooks that lies in the project; the working directory when there is none.
std::filesystem::path own_playbooks(const run::Config& config);

/// As a person in the working directory would type it.
std::string shown_path(const std::filesystem::path& path);

/// Makes folders that are missing, and writes the file. kStorage.
Result<void> write_file(const author::TextFile& file);

}  // namespace runbook::cli
