# cmake -DROOT=… -DOUT=… -DFILES=a,b -P embed_texts.cmake: writes a .cc that holds these files of ROOT as texts (author/shipped.h).
string(REPLACE "," ";" paths "${FILES}")
set(code "#include \"author/shipped.h\"\n\nnamespace runbook::author {\n\nnamespace {\nconstexpr ShippedText kTexts[] = {\n")
foreach(path IN LISTS paths)
  file(READ "${ROOT}/${path}" text)
  string(APPEND code "{\"${path}\", R\"text~(${text})text~\"},\n")
endforeach()
string(APPEND code "};\n}  // namespace\n\nstd::span<const ShippedText> shipped_texts() { return kTexts; }\n\n}  // namespace runbook::author\n")
file(WRITE "${OUT}" "${code}")
