import Testing

@testable import Metrics

@Suite struct MetricsTests {
    private func text(_ fill: (MetricsRegistry) -> Void) -> String {
        let registry = MetricsRegistry()
        fill(registry)
        return String(decoding: registry.text, as: UTF8.self)
    }

    @Test func `a counter is shown with its help and its type`() {
        let counter = Counter()
        counter.add()
        counter.add(4)
        let shown = text { $0.add("posts_total", .counter, "What was posted.") { counter.value } }
        #expect(shown == "# HELP posts_total What was posted.\n# TYPE posts_total counter\nposts_total 5\n")
    }

    @Test func `labels and helps are escaped`() {
        let shown = text {
            $0.add("a", .gauge, "one \\ two\nthree \"") { [.init(1.5, ["b": "x\"y\\z\n", "c": "é"])] }
        }
        #expect(shown.hasPrefix(#"# HELP a one \\ two\nthree ""# + "\n"))
        #expect(shown.hasSuffix(#"a{b="x\"y\\z\n",c="é"} 1.5"# + "\n"))
    }

    @Test func `a histogram counts what is not larger than each bound`() {
        let histogram = Histogram(bounds: [1, 10, 100], scale: 10)
        for value in [0, 1, 2, 10, 11, 1_000] { histogram.observe(value) }
        let shown = text { $0.add("h", "H.", histogram) }.split(separator: "\n").dropFirst(2)
        #expect(
            shown == [
                #"h_bucket{le="0.1"} 2"#, #"h_bucket{le="1"} 4"#, #"h_bucket{le="10"} 5"#, #"h_bucket{le="+Inf"} 6"#,
                "h_sum 102.4", "h_count 6",
            ])
    }

    @Test(arguments: [
        (0.0, "0"), (-3, "-3"), (0.25, "0.25"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        (123_456_789_012, "123456789012"),
    ])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        #expect(MetricsText.number(value) == text)
    }

    @Test func `what several threads add is all there`() async {
        let counter = Counter()
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<10_000 { counter.add() } } }
        }
        #expect(counter.value == 80_000)
    }

    @Test func `a process knows what it uses`() {
        let figures = ProcessFigures()
        #expect(figures.cpuSeconds >= 0 && figures.mostDescriptors > 0)
        #if os(Linux)
        #expect((figures.residentBytes ?? 0) > 1 << 20 && (figures.openDescriptors ?? 0) > 2)
        #endif
    }
}
