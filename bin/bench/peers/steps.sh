# The steps as a bash script: each command in a bash of its own, and a branch on what it printed.
for ((i = 1; i <= $1; i++)); do
  printed=$(bash -c "echo step-$i")
  [ "$printed" = "step-$i" ] || exit 1
  echo "$printed"
done
