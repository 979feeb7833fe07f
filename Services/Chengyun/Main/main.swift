import ChengyunService

keepStopSignals()
await runChengyun()
