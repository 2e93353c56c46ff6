#!/bin/bash
# Submits a job, and one after it that makes the report however the first ends. Usage: chain.sh SCENARIO OUT
scenario=${1:?a scenario} out=${2:?a directory}
first=$(sbatch --parsable "$(dirname "$0")/one_run.sh" "$scenario" "$out")
sbatch --dependency="afterany:$first" --time=00:10:00 --wrap="interstice report '$out'"
