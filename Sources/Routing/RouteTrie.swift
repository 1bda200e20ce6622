import HTTPWire

/// The routes by their segments.
struct RouteTrie: Sendable {
    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        /// Endpoints of patterns that end here, and of those that end in `{name...}` here.
        var endpoints: [HTTPMethod: Endpoint] = [:]
        var restEndpoints: [HTTPMethod: Endpoint] = [:]
    }

    struct Endpoint: Sendable {
        let pattern: String
        let handler: Handler
        let names: [String]
        let streamLimit: Int?
    }

    enum Match {
        case found(Endpoint, Request.Parameters)
        /// The path is there, for other methods.
        case otherMethods(Set<HTTPMethod>)
        case notFound
    }

    private var nodes = [Node()]
    /// Whether any route takes its content as it comes.
    private(set) var streams = false

    var routes: [(method: HTTPMethod, pattern: String)] {
        nodes.flatMap { node in
            [node.endpoints, node.restEndpoints].flatMap { $0.map { (method: $0.key, pattern: $0.value.pattern) } }
        }.sorted { ($0.pattern, $0.method.description) < ($1.pattern, $1.method.description) }
    }

    mutating func insert(_ route: Route) throws(RoutingError) {
        guard route.pattern.utf8.first == 0x2f else { throw .malformedPattern(route.pattern) }
        var names: [String] = []
        var node = 0
        let segments = route.pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            guard let name = try Self.name(of: segment, in: route.pattern) else {
                node = child(of: node, literal: String(segment))
                continue
            }
            let isRest = name.hasSuffix("...")
            names.append(isRest ? String(name.dropLast(3)) : name)
            guard names.last != "", Set(names).count == names.count else { throw .malformedPattern(route.pattern) }
            if isRest {
                guard index == segments.count - 1 else { throw .malformedPattern(route.pattern) }
                return try add(route, names, to: \.restEndpoints, at: node)
            }
            node = child(ofParameterAt: node)
        }
        try add(route, names, to: \.endpoints, at: node)
    }

    /// What stands between braces, or `nil` for a literal segment.
    private static func name(of segment: Substring, in pattern: String) throws(RoutingError) -> String? {
        guard segment.hasPrefix("{"), segment.hasSuffix("}"), segment.utf8.count >= 2 else {
            if segment.contains("{") || segment.contains("}") { throw .malformedPattern(pattern) }
            return nil
        }
        return String(segment.dropFirst().dropLast())
    }

    private mutating func child(of node: Int, literal: String) -> Int {
        if let existing = nodes[node].literals[literal] { return existing }
        nodes.append(Node())
        nodes[node].literals[literal] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func child(ofParameterAt node: Int) -> Int {
        if let existing = nodes[node].parameter { return existing }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func add(
        _ route: Route, _ names: [String], to endpoints: WritableKeyPath<Node, [HTTPMethod: Endpoint]>,
        at node: Int
    ) throws(RoutingError) {
        if let other = nodes[node][keyPath: endpoints][route.method] {
            throw .clash(method: route.method.description, first: other.pattern, second: route.pattern)
        }
        nodes[node][keyPath: endpoints][route.method] = Endpoint(
            pattern: route.pattern, handler: route.handler, names: names, streamLimit: route.streamLimit)
        if route.streamLimit != nil { streams = true }
    }

    /// The most literal route for these segments that has the method; HEAD is answered by GET.
    func match(_ method: HTTPMethod, _ segments: [String]) -> Match {
        var search = Search(method: method, segments: segments)
        if let found = find(&search, node: 0, depth: 0) {
            var parameters = Request.Parameters()
            parameters.named = Array(zip(found.names, search.values)).map { (name: $0, value: $1) }
            parameters.rest = search.rest
            return .found(found, parameters)
        }
        return search.others.isEmpty ? .notFound : .otherMethods(search.others)
    }

    private struct Search {
        let method: HTTPMethod
        let segments: [String]
        var values: [String] = []
        var rest: [String] = []
        var others: Set<HTTPMethod> = []

        mutating func choose(_ endpoints: [HTTPMethod: Endpoint]) -> Endpoint? {
            if let endpoint = endpoints[method] ?? (method == .head ? endpoints[.get] : nil) { return endpoint }
            others.formUnion(endpoints.keys)
            return nil
        }
    }

    /// Visits a node at most once for each way to it, so no more nodes than the trie has.
    private func find(_ search: inout Search, node: Int, depth: Int) -> Endpoint? {
        let here = nodes[node]
        if depth == search.segments.count { return search.choose(here.endpoints) }
        let segment = search.segments[depth]
        if let next = here.literals[segment], let found = find(&search, node: next, depth: depth + 1) { return found }
        if let next = here.parameter, !segment.isEmpty {
            search.values.append(segment)
            if let found = find(&search, node: next, depth: depth + 1) { return found }
            search.values.removeLast()
        }
        guard let found = search.choose(here.restEndpoints) else { return nil }
        search.rest = Array(search.segments[depth...])
        search.values.append(search.rest.joined(separator: "/"))
        return found
    }
}
