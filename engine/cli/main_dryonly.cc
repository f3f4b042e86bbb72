// runbook-dryonly: the same program without the live executor and without the code of any change. Tests run the dry
// tests with it: what is not linked cannot be reached.
#include "cli/commands.h"

int main(int argc, char** argv) { return runbook::cli::run_program(argc, argv, {}); }
