import Network

/// `parley bench`: loads a Socket.IO server and measures it.
enum BenchCommand: Subcommand {
    static let name = "bench"
    static let summary = "load a Socket.IO server and measure it"

    static var help: String {
        """
        parley bench [MODE] [OPTION VALUE …]

        Loads a server that has three handlers: `join` {room} answers; `message` {room, …} goes as it came to all in the
        room, its sender too, and answers; `echo` answers with its arguments. Exits with 1 where something was lost.

          echo       each client keeps some echoes under way (the default)
          polling    the same over HTTP long-polling
          fanout     one member of one room sends to all
          rooms      one member of each room sends to all in it
          idle       clients stay connected and do nothing
          handshake  clients connect, join and leave
          chat       each client keeps some messages under way in a room of `parley serve`, started with
                     PARLEY_RATE_LIMITS=off; 200 clients in 20 rooms unless told
          people     everybody is in the lobby of such a chat, where some type, post and react at a steady pace; 1,000
                     clients unless told

          --url URL        the server; default http://127.0.0.1:3000
          --port N         the same, on this machine
          --clients N      connections; default 100
          --rooms N        rooms, for `rooms` and `chat`; default 10
          --in-flight N    echoes or messages of a client, messages of a room or handshakes under way; default 1
          --rate N         messages a second of all together, for `people`, and as many reactions; default 20
          --seconds N      how long to load; default 10
          --messages N     how many to send at most
          --payload N      bytes of text in a message; default 100
          --pid N          the server's process, for its CPU time and memory
          --json           one line of JSON instead of a table
          --serve PORT     be such a server, made of the library alone, until a signal comes
          --threads N      its event loops; default one per core

        """
    }

    static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        let options: BenchOptions
        do throws(BenchOptions.Refusal) {
            options = try BenchOptions(arguments)
        } catch {
            Console.complain(error.sentence)
            return ExitCode.usage
        }
        OpenFiles.raiseLimit()
        if let port = options.servePort { return await serve(port, options) }
        let result = await measure(options)
        Console.write(options.asJSON ? result.json : result.table)
        return result.isWhole ? ExitCode.success : ExitCode.failure
    }

    private static func serve(_ port: UInt16, _ options: BenchOptions) async -> Int32 {
        do {
            try await BenchServer.run(port: port, threads: options.threads)
            return ExitCode.success
        } catch {
            Console.complain("\(error)")
            return ExitCode.failure
        }
    }

    private static func measure(_ options: BenchOptions) async -> BenchResult {
        let loop = UVLoop()
        let result = await withCheckedContinuation { continuation in
            loop.execute {
                let run: BenchRun =
                    switch options.mode {
                    case .echo, .polling: EchoRun(options, loop: loop)
                    case .fanout, .rooms: RoomsRun(options, loop: loop)
                    case .idle: IdleRun(options, loop: loop)
                    case .handshake: HandshakeRun(options, loop: loop)
                    case .chat: ChatRun(options, loop: loop)
                    case .people: PeopleRun(options, loop: loop)
                    }
                run.start { continuation.resume(returning: $0) }
            }
        }
        loop.stop()
        return result
    }
}
