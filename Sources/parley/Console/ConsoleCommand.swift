import Bytes
import JSON
import ParleyApp

/// A subcommand that has something done to accounts or rooms, by the server where one runs.
protocol ConsoleCommand: MaintenanceCommand, SendableMetatype {
    /// What requests begin with, such as `user`.
    static var noun: String { get }
    static var verbs: [ConsoleVerb] { get }
}

/// One thing that such a subcommand does.
struct ConsoleVerb: Sendable {
    let name: String
    /// The arguments that stand behind it, by their names in the request, in their order; all must be there.
    var operands: [String] = []
    /// Flags with a value, and what they are called in the request.
    var values: [(flag: String, name: String)] = []
    /// Flags with a number.
    var numbers: [(flag: String, name: String)] = []
    /// Flags without a value, and what the member is when they are there.
    var switches: [(flag: String, member: JSONValue.Member)] = []
    var password = PasswordSource.none
    /// Whether it is not to be undone, and asks for `--yes`.
    var needsYes = false
    /// What is said when it is done; `nil` where the answer is shown.
    var done: String?
    /// The members of a list that are shown in a line each.
    var columns: [String] = []

    enum PasswordSource: Sendable {
        case none
        /// From standard input.
        case read
        /// From standard input where this flag is given.
        case readWith(String)
        /// From standard input unless this flag is given.
        case readUnless(String)
    }

    static let reason = (flag: "--reason", name: "reason")
}

extension ConsoleCommand {
    static func parse(_ words: inout CommandWords) throws(UsageError) -> Work {
        let names = verbs.map(\.name).joined(separator: ", ")
        guard let word = words.takeWord(), let verb = verbs.first(where: { $0.name == word }) else {
            throw UsageError("Say what to do, one of \(names): `parley \(noun) VERB`.")
        }
        let isJSON = words.takeFlag("--json")
        let (readsPassword, arguments) = try arguments(of: verb, &words)
        return { (maintenance) throws(StartError) in
            var arguments = arguments
            if readsPassword {
                guard let password = PasswordInput.read() else {
                    Console.complain("There is no password on standard input; write it there, as one line.")
                    return ExitCode.usage
                }
                arguments.append(.init("password", .string(password)))
            }
            let answer = try await maintenance.ask(ConsoleRequest("\(noun).\(verb.name)", arguments))
            return show(answer, of: verb, isJSON: isJSON)
        }
    }

    private static func arguments(
        of verb: ConsoleVerb, _ words: inout CommandWords
    ) throws(UsageError) -> (readsPassword: Bool, [JSONValue.Member]) {
        var members: [JSONValue.Member] = []
        for value in verb.values {
            if let text = try words.takeValue(value.flag) { members.append(.init(value.name, .string(text))) }
        }
        for number in verb.numbers {
            let value = try words.takeNumber(number.flag, 1...Int(Int32.max))
            if let value { members.append(.init(number.name, JSONValue(value))) }
        }
        for flag in verb.switches where words.takeFlag(flag.flag) { members.append(flag.member) }
        let readsPassword =
            switch verb.password {
            case .none: false
            case .read: true
            case .readWith(let flag): words.takeFlag(flag)
            case .readUnless(let flag): !words.takeFlag(flag)
            }
        let isSure = words.takeFlag("--yes") || !verb.needsYes
        for operand in verb.operands {
            guard let word = words.takeWord() else {
                throw UsageError("Name the \(operand): `parley \(noun) \(verb.usage)`.")
            }
            members.append(.init(operand, .string(word)))
        }
        guard isSure else {
            throw UsageError("This cannot be undone; say `--yes` as well: `parley \(noun) \(verb.usage) --yes`.")
        }
        return (readsPassword, members)
    }

    private static func show(_ answer: JSONValue, of verb: ConsoleVerb, isJSON: Bool) -> Int32 {
        let refusal = answer["error"]?["message"]?.stringValue
        if isJSON {
            Console.write(String(decoding: JSONPrinter.text(of: answer), as: UTF8.self) + "\n")
        } else if let refusal {
            Console.complain(refusal)
        } else if let done = verb.done {
            Console.write(done + "\n")
        } else {
            let lines = AnswerText.lines(of: answer, columns: verb.columns)
            Console.write(lines.map { $0 + "\n" }.joined())
        }
        return refusal == nil ? ExitCode.success : ExitCode.failure
    }
}

extension ConsoleVerb {
    /// The verb with what stands behind it.
    var usage: String { ([name] + operands.map { $0.uppercased() }).joined(separator: " ") }
}
