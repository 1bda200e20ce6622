// ParleyApp
