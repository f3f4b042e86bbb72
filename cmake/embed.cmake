# cmake -DOUT=file.cc -DDIR=stdlib -P embed.cmake: writes a .cc that holds every Lua file of the folder as text.
# As raw strings, so that the generated file stays readable.
file(GLOB files RELATIVE ${DIR} ${DIR}/*.lua)
list(SORT files)
set(text "#include \"run/stdlib.h\"\n\nnamespace runbook::run {\n\nnamespace {\nconstexpr EmbeddedModule kModules[] = {\n")
foreach(file IN LISTS files)
  file(READ ${DIR}/${file} source)
  string(REGEX REPLACE "\\.lua$" "" name ${file})
  string(APPEND text "{\"${name}\", R\"lua~(${source})lua~\"},\n")
endforeach()
string(APPEND text "};\n}  // namespace\n\nstd::span<const EmbeddedModule> embedded_stdlib() { return kModules; }\n\n}  // namespace runbook::run\n")
file(WRITE ${OUT} "${text}")
