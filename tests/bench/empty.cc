// Links what runbook links and does nothing: what no start of runbook can beat.
int main() {}
