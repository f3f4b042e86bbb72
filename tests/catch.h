// Catch2 2 (Debian 12) and 3 (Debian 13) by one name.
#pragma once
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include "base/error.h"

// So that CHECK(result) compiles, and shows the error when it fails.
template <class T>
struct Catch::StringMaker<boost::system::result<T, runbook::Error>> {
  static std::string convert(const boost::system::result<T, runbook::Error>& result) {
    return result ? "a value" : "error: " + result.error().text();
  }
};
