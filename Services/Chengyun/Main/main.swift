import ChengyunService

runChengyun()
