#!/bin/bash
#SBATCH --job-name=knee --cpus-per-task=8 --mem=8G --time=04:00:00
#SBATCH --requeue --open-mode=append --signal=B:USR1@120
# One run on all processors of the job. Two minutes before its end the job saves and requeues itself.
interstice run "${1:-scenarios/rat_knee.yaml}" -o "${2:-$HOME/out/knee}" &
run=$!
trap 'kill -USR1 $run' USR1
wait $run; code=$?
[ $code -gt 128 ] && { wait $run; code=$?; }      # the trap interrupted wait
[ $code -eq 75 ] && scontrol requeue "$SLURM_JOB_ID"
exit $code
