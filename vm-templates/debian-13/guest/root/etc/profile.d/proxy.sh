# The proxy of the settings: one file for each variable, as chpst -e has them for dockerd.
for file in /run/foredeck/network/proxy/*; do
  [ -r "$file" ] || continue
  IFS= read -r value <"$file"
  export "${file##*/}=$value"
done
unset file value
