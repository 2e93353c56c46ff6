#!/bin/bash
#SBATCH --job-name=arms --array=0-31 --cpus-per-task=1 --mem=1G --time=02:00:00
#SBATCH --requeue --open-mode=append --signal=B:USR1@120
# A comparison, one element per arm and replicate: with 4 arms and 8 replicates --array=0-31. Afterwards
# `interstice compare SCENARIO -o OUT` does what is missing and writes the report.
scenario=${1:-scenarios/rat_knee.yaml} out=${2:-$HOME/out/knee}
arms=(vehicle uptake contact emcev)
arm=${arms[$((SLURM_ARRAY_TASK_ID % ${#arms[@]}))]} replicate=$((SLURM_ARRAY_TASK_ID / ${#arms[@]}))
interstice run "$scenario" --arm "$arm" --replicate "$replicate" --threads 1 -o "$out/arms/$arm/$replicate" &
run=$!
trap 'kill -USR1 $run' USR1
wait $run; code=$?
[ $code -gt 128 ] && { wait $run; code=$?; }
[ $code -eq 75 ] && scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
exit $code
