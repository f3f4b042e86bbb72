# Every foreign library, found once. A missing one is one clear line that names Debian's package.

function(runbook_require what package found)
  if(NOT found)
    message(FATAL_ERROR "runbook needs ${what}: apt-get install ${package} (or run scripts/setup)")
  endif()
endfunction()

find_package(Threads REQUIRED)
find_package(PkgConfig)
runbook_require(pkg-config pkg-config "${PKG_CONFIG_FOUND}")

find_package(Boost 1.81 QUIET)
runbook_require("Boost 1.81 or newer" libboost1.81-dev "${Boost_FOUND}")

find_package(OpenSSL 3.0 QUIET)
runbook_require("OpenSSL 3" libssl-dev "${OPENSSL_FOUND}")

pkg_check_modules(luajit QUIET IMPORTED_TARGET luajit)
runbook_require(LuaJIT libluajit-5.1-dev "${luajit_FOUND}")

pkg_check_modules(seccomp QUIET IMPORTED_TARGET libseccomp)
runbook_require(libseccomp libseccomp-dev "${seccomp_FOUND}")

pkg_check_modules(sodium QUIET IMPORTED_TARGET libsodium)
runbook_require(libsodium libsodium-dev "${sodium_FOUND}")

pkg_check_modules(curl QUIET IMPORTED_TARGET libcurl)
runbook_require(libcurl libcurl4-openssl-dev "${curl_FOUND}")

pkg_check_modules(ssh2 QUIET IMPORTED_TARGET libssh2)
runbook_require(libssh2 libssh2-1-dev "${ssh2_FOUND}")

pkg_check_modules(pq QUIET IMPORTED_TARGET libpq)
runbook_require(libpq libpq-dev "${pq_FOUND}")

pkg_check_modules(yaml QUIET IMPORTED_TARGET yaml-0.1)
runbook_require(libyaml libyaml-dev "${yaml_FOUND}")

find_package(nlohmann_json QUIET)
runbook_require("nlohmann/json" nlohmann-json3-dev "${nlohmann_json_FOUND}")

find_path(CLI11_INCLUDE CLI/CLI.hpp)
runbook_require(CLI11 libcli11-dev "${CLI11_INCLUDE}")

find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h)
runbook_require(toml++ libtomlplusplus-dev "${TOMLPLUSPLUS_INCLUDE}")

find_package(Catch2 QUIET)
runbook_require(Catch2 catch2 "${Catch2_FOUND}")
