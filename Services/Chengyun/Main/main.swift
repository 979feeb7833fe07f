import ChengyunService

await ChengyunCommand.main()
