"""What whoever runs the service needs: health, metrics without patients, logs without patients, workers."""
