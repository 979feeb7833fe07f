import ConsoleService

runConsole()
