#!/bin/bash
#SBATCH --job-name=knee --cpus-per-task=8 --mem=8G --time=04:00:00
#SBATCH --requeue --open-mode=append --signal=B:USR1@300
# One run on a disk of the node. What is there when the job ends, done or not, is copied back, and goes on from there.
scenario=${1:-scenarios/rat_knee.yaml} out=${2:-$HOME/out/knee} scratch=${TMPDIR:-/tmp}/knee
mkdir -p "$out" "$scratch"
cp -a "$out/." "$scratch/"
interstice run "$scenario" -o "$scratch" &
run=$!
trap 'kill -USR1 $run' USR1
wait $run; code=$?
[ $code -gt 128 ] && { wait $run; code=$?; }
cp -a "$scratch/." "$out/" && rm -r "$scratch"
[ $code -eq 75 ] && scontrol requeue "$SLURM_JOB_ID"
exit $code
