# cmake -DFILE=… -DOUT=… -DHEADER=guard/x.h -DFUNCTION=runbook::guard::x -P embed_text.cmake: writes a .cc with that function, which returns the file's text.
file(READ "${FILE}" text)
file(WRITE "${OUT}" "#include \"${HEADER}\"\n\nstd::string_view ${FUNCTION}() { return R\"text~(${text})text~\"; }\n")
