// swift-tools-version: 6.2
import PackageDescription

// Layers, from the bottom up; arrows point down only (docs/architecture.md).

/// What every Swift target is compiled with.
let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

/// For targets that no stranger's pointer may enter: each unsafe construct must be marked.
let memorySafe: [SwiftSetting] = common + [.strictMemorySafety()]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], cOrInnerLoop: Bool = false) -> [Target] {
    [.target(name: name, dependencies: dependencies, swiftSettings: cOrInnerLoop ? common : memorySafe)]
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> [Target] {
    [
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name), "ParleyTesting"] + dependencies,
            resources: resources, swiftSettings: common)
    ]
}

func system(_ name: String, pkgConfig: String, apt: String, brew: String) -> [Target] {
    [.systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])]
}

var targets: [Target] = []

// Layer 0: C libraries, each imported by exactly one Swift target.
targets += system("CUV", pkgConfig: "libuv", apt: "libuv1-dev", brew: "libuv")
targets += system("COpenSSL", pkgConfig: "libssl", apt: "libssl-dev", brew: "openssl@3")
targets += system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev", brew: "openssl@3")
targets += system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev", brew: "libsodium")
targets += system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev", brew: "zlib")
targets += system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev", brew: "sqlite")
targets += system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev", brew: "curl")

// Layer 1: base.
targets += library("Bytes", cOrInnerLoop: true)
targets += library("EventLoops", ["Bytes"], cOrInnerLoop: true)
targets += library("JSON", ["Bytes"])
targets += library("Logging", ["Bytes"])
targets += library("Settings", ["Bytes"])
targets += library("Metrics", ["Bytes"])

// Layer 2: wire formats and protocol machines, no I/O.
targets += library("HTTPWire", ["Bytes"])
targets += library("Media", ["Bytes"])
targets += library("Deflate", ["Bytes", "CZlib"], cOrInnerLoop: true)
targets += library("WebSocketWire", ["Bytes", "Deflate"])
targets += library("EngineIO", ["Bytes", "EventLoops", "JSON"])
targets += library("SocketIO", ["Bytes", "EventLoops", "JSON", "EngineIO", "Logging", "Metrics"])

// Layer 3: I/O.
targets += library("Network", ["Bytes", "EventLoops", "CUV"], cOrInnerLoop: true)
targets += library("TLS", ["Bytes", "COpenSSL"], cOrInnerLoop: true)
targets += library("Cryptography", ["Bytes", "EventLoops", "JSON", "CCrypto", "CSodium"], cOrInnerLoop: true)
targets += library("Blobs", ["Bytes", "EventLoops", "Network", "Cryptography"], cOrInnerLoop: true)
targets += library("SQLite", ["Bytes", "CSQLite", "Metrics"], cOrInnerLoop: true)
targets += library("Fetch", ["Bytes", "Network", "CCurl"], cOrInnerLoop: true)

// Layer 4: the server.
targets += library("Routing", ["Bytes", "HTTPWire", "Deflate", "JSON", "Logging"])
targets += library("Templating")
targets += library(
    "Serving",
    [
        "Bytes", "EventLoops", "HTTPWire", "WebSocketWire", "Deflate", "EngineIO", "Network", "TLS", "Routing",
        "Logging", "Metrics",
    ], cOrInnerLoop: true)

// Layer 5: the domain.
targets += library("Accounts", ["Bytes", "EventLoops", "Cryptography"])
targets += library("Chat", ["Bytes", "EventLoops", "Cryptography", "Accounts", "Blobs", "Media"])
targets += library(
    "ChatStorage",
    ["Bytes", "EventLoops", "JSON", "Cryptography", "Accounts", "Blobs", "Media", "Chat", "SQLite", "Metrics"])

// Layer 6: the application.
targets += library(
    "ParleyApp",
    [
        "Bytes", "EventLoops", "JSON", "Logging", "Settings", "HTTPWire", "EngineIO", "SocketIO", "Network", "TLS",
        "Routing", "Serving", "Cryptography", "Accounts", "Blobs", "Media", "Chat", "ChatStorage", "Metrics", "Fetch",
    ])

// Layer 7: the program.
targets += [
    .executableTarget(
        name: "parley",
        dependencies: [
            "ParleyApp", "Chat", "ChatStorage", "Settings", "Logging", "SocketIO", "SocketIOClient", "EventLoops",
            "Network", "Serving", "JSON", "Bytes", "EngineIO", "Routing", "HTTPWire",
        ],
        swiftSettings: common)
]

// Beside: a client, and what tests share.
targets += library(
    "SocketIOClient",
    ["Bytes", "EventLoops", "JSON", "HTTPWire", "WebSocketWire", "EngineIO", "Network", "TLS"])
targets += library("ParleyTesting", ["Bytes", "EventLoops"])

// Examples build with the tests, so that they cannot rot.
targets += [
    .executableTarget(
        name: "EchoServer", dependencies: ["SocketIO", "Serving", "JSON"], path: "Examples/EchoServer",
        swiftSettings: common),
    .executableTarget(
        name: "FernetTool", dependencies: ["Cryptography", "Bytes"], path: "Examples/FernetTool", swiftSettings: common),
    .executableTarget(
        name: "InteropServer", dependencies: ["SocketIO", "EngineIO", "Serving", "JSON"],
        path: "Examples/InteropServer", swiftSettings: common),
    .executableTarget(
        name: "ProtocolSuiteServer", dependencies: ["Bytes", "EventLoops", "EngineIO", "SocketIO", "Serving", "JSON"],
        path: "Examples/ProtocolSuiteServer", swiftSettings: common),
    .executableTarget(
        name: "WebSocketEcho", dependencies: ["Bytes", "HTTPWire", "WebSocketWire", "Network"],
        path: "Examples/WebSocketEcho", swiftSettings: common),
]

targets += tests("Bytes", [])
targets += tests("EventLoops", ["Bytes"])
targets += tests("JSON", ["Bytes"])
targets += tests("Logging", [])
targets += tests("Settings", [])
targets += tests("Metrics", [])
targets += tests("HTTPWire", ["Bytes"])
targets += tests("Media", ["Bytes"])
targets += tests("Deflate", ["Bytes"])
targets += tests("WebSocketWire", ["Bytes", "Deflate"])
targets += tests("EngineIO", ["Bytes", "EventLoops", "JSON"])
targets += tests("SocketIO", ["Bytes", "EventLoops", "JSON", "EngineIO", "Logging", "Network"])
targets += tests("Network", ["Bytes", "EventLoops", "Logging"])
targets += tests("TLS", ["Bytes", "COpenSSL"])
targets += tests("Cryptography", ["Bytes", "EventLoops", "JSON"])
targets += tests("Blobs", ["Bytes", "EventLoops", "Network", "Cryptography"])
targets += tests("SQLite", ["Bytes"])
targets += tests("Fetch", ["Bytes", "EventLoops", "Network"])
targets += tests("Routing", ["Bytes", "Deflate", "HTTPWire", "JSON", "Logging"])
targets += tests("Templating", [])
targets += tests(
    "Serving",
    [
        "Bytes", "EventLoops", "HTTPWire", "WebSocketWire", "EngineIO", "SocketIO", "Network", "Routing", "JSON", "TLS",
        "Deflate", "Logging",
    ])
targets += tests("Accounts", ["Bytes", "EventLoops", "Cryptography"])
targets += tests("Chat", ["Bytes", "EventLoops", "Cryptography", "Accounts", "Blobs", "Media"])
targets += tests(
    "ChatStorage",
    ["Bytes", "EventLoops", "JSON", "Accounts", "Blobs", "Media", "Network", "Chat", "SQLite", "Cryptography"])
targets += tests("parley", ["Bytes", "EngineIO", "JSON", "SocketIOClient"])
targets += tests(
    "SocketIOClient",
    ["Bytes", "TLS", "EventLoops", "EngineIO", "WebSocketWire", "HTTPWire", "SocketIO", "Serving", "Network", "JSON"])
targets += tests(
    "ParleyApp",
    [
        "Bytes", "EventLoops", "JSON", "Logging", "Settings", "HTTPWire", "EngineIO", "SocketIO", "SocketIOClient",
        "Serving", "Network", "Accounts", "Blobs", "Media", "Chat", "ChatStorage", "Cryptography", "Routing", "TLS",
        "Metrics", "Fetch",
    ])

// PARLEY_ONLY="JSON,SocketIO" leaves only the tests of those modules and what they stand on: quick builds while working
// on one module (`script/test unit JSON SocketIO` sets it).
var products: [Product] = [
    .executable(name: "parley", targets: ["parley"]),
    // With the modules whose types are part of its interface.
    .library(
        name: "SocketIO",
        targets: ["SocketIO", "Serving", "EngineIO", "EventLoops", "JSON", "Logging", "Network", "Routing", "TLS"]),
    .library(name: "Fernet", targets: ["Cryptography"]),
]
if let only = Context.environment["PARLEY_ONLY"] {
    let names = only.split(separator: ",").map { $0.hasSuffix("Tests") ? String($0) : "\($0)Tests" }
    targets = closure(of: Set(names), in: targets)
    products = []
}

// PARLEY_FUZZ leaves only the fuzzer (`script/fuzz` sets it).
if Context.environment["PARLEY_FUZZ"] != nil {
    targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CLibFuzzer", "Bytes", "HTTPWire", "WebSocketWire", "EngineIO", "JSON", "Cryptography", "Settings",
                "ParleyApp", "SocketIO", "EventLoops", "ParleyTesting", "Media",
            ],
            path: "Tests/Fuzz/Fuzz", swiftSettings: common),
    ]
    targets = closure(of: ["Fuzz"], in: targets)
    products = []
}

/// The targets with these names and all that they depend on.
func closure(of names: Set<String>, in targets: [Target]) -> [Target] {
    var wanted = names
    var before = 0
    while before != wanted.count {
        before = wanted.count
        for target in targets where wanted.contains(target.name) {
            for case .byNameItem(let name, _) in target.dependencies { wanted.insert(name) }
            for case .targetItem(let name, _) in target.dependencies { wanted.insert(name) }
        }
    }
    return targets.filter { wanted.contains($0.name) }
}

let package = Package(name: "parley", platforms: [.macOS(.v15)], products: products, targets: targets)
