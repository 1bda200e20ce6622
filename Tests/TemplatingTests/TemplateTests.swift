import Templating
import Testing

@Suite struct `Templates render` {
    static func render(_ source: String, _ values: [String: TemplateValue] = [:]) throws -> String {
        try Templates(["a.html": source]).render("a.html", values)
    }

    @Test(
        arguments: [
            ("", [:], ""), ("<p>a", [:], "<p>a"), ("{{x}}", ["x": "a"], "a"), ("{{ x }}{{x}}", ["x": 5], "55"),
            ("{{x}}", ["x": true], "true"), ("{{{x}}}", ["x": "<b>"], "<b>"), ("a{{! x }}b", [:], "ab"),
            ("{{x.y.z}}", ["x": ["y": ["z": "a"]]], "a"), ("{ {x} } {", [:], "{ {x} } {"),
            ("é{{x}}é", ["x": "ü"], "éüé"),
            ("{{#if x}}a{{/if}}", ["x": true], "a"), ("{{#if x}}a{{/if}}", ["x": false], ""),
            ("{{#if x}}a{{/if}}", [:], ""),
            ("{{#if x}}a{{else}}b{{/if}}", ["x": ""], "b"), ("{{#if x}}a{{else}}b{{/if}}", ["x": 0], "b"),
            ("{{#if x}}a{{else}}b{{/if}}", ["x": []], "b"), ("{{#if x.y}}a{{/if}}", ["x": ["y": 1]], "a"),
            ("{{#if x}}{{#if y}}a{{/if}}b{{/if}}", ["x": 1, "y": 1], "ab"),
            ("{{#each x}}[{{this}}]{{/each}}", ["x": ["a", "b"]], "[a][b]"),
            ("{{#each x}}{{n}}{{o}},{{/each}}", ["x": [["n": 1], ["n": 2]], "o": "z"], "1z,2z,"),
            ("{{#each x}}a{{else}}none{{/each}}", ["x": []], "none"),
            ("{{#each x}}{{#each y}}{{this}}{{/each}};{{/each}}", ["x": [["y": [1, 2]], ["y": [3]]]], "12;3;"),
            ("<a title=\"{{x}}\">", ["x": "\"'<>&"], "<a title=\"&quot;&#39;&lt;&gt;&amp;\">"),
            ("<a href='/r/{{x}}'>{{x}}</a>", ["x": "é"], "<a href='/r/é'>é</a>"),
            ("<option{{#if x}} selected{{/if}}>{{y}}", ["x": 1, "y": "a"], "<option selected>a"),
            (
                "<input {{#if x}}checked{{else}}disabled{{/if}} value=\"{{y}}\">", ["x": 0, "y": "a"],
                "<input disabled value=\"a\">"
            ),
            ("<p class=\"a{{#if x}} b{{/if}}\">{{y}}", ["x": 1, "y": "c"], "<p class=\"a b\">c"),
            ("<script src=\"/assets/a.js\"></script>{{x}}", ["x": "a"], "<script src=\"/assets/a.js\"></script>a"),
            ("<script>if (a<b) {}</SCRIPT >{{x}}", ["x": "a"], "<script>if (a<b) {}</SCRIPT >a"),
            (
                "<!doctype html><!-- <a> --><title>{{x}}</title>", ["x": "a"],
                "<!doctype html><!-- <a> --><title>a</title>"
            ),
            ("1 < 2 {{x}}", ["x": "a"], "1 < 2 a"), ("<img alt=a><br/>{{x}}", ["x": "a"], "<img alt=a><br/>a"),
            ("<p a = \"{{x}}\" b>{{x}}", ["x": "a"], "<p a = \"a\" b>a"),
        ] as [(String, [String: TemplateValue], String)])
    func `as they should`(_ source: String, _ values: [String: TemplateValue], _ page: String) throws {
        #expect(try Self.render(source, values) == page)
    }

    @Test func `a value is never a template`() throws {
        #expect(try Self.render("{{x}}{{{x}}}", ["x": "{{y}}", "y": "no"]) == "{{y}}{{y}}")
    }

    @Test func `markup in a value stays text`() throws {
        let value: TemplateValue = "<script>alert('x')</script>&amp;"
        #expect(
            try Self.render("<p>{{x}}</p>", ["x": value])
                == "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;</p>")
        #expect(HTMLEscape.escape("<\">") == "&lt;&quot;&gt;")
    }

    @Test func `a template includes others with its values`() throws {
        let templates = try Templates([
            "page.html": "{{> head.html}}{{#each xs}}{{> row.html}}{{/each}}", "head.html": "<h1>{{title}}</h1>",
            "row.html": "<p>{{n}}",
        ])
        #expect(templates.names == ["head.html", "page.html", "row.html"])
        #expect(
            try templates.render("page.html", ["title": "T", "xs": [["n": 1], ["n": 2]]]) == "<h1>T</h1><p>1<p>2")
    }

    @Test(
        arguments: [
            ("a\n{{x}}", [:], "a.html:2: Give a value for x."),
            ("{{x.y}}", ["x": "a"], "a.html:1: Give a value for x.y."),
            ("{{x}}", ["x": []], "a.html:1: Give a text or a number as x."),
            ("{{#each x}}{{/each}}", ["x": "a"], "a.html:1: Give a list as x."),
            ("{{#each x}}{{/each}}", [:], "a.html:1: Give a value for x."),
            ("\n{{> b}}", [:], "b:3: Give a value for y."),
        ] as [(String, [String: TemplateValue], String)])
    func `what is missing is named with its place`(
        _ source: String, _ values: [String: TemplateValue], _ message: String
    ) throws {
        let templates = try Templates(["a.html": source, "b": "\n\n{{y}}"])
        let error = #expect(throws: TemplateError.self) { try templates.render("a.html", values) }
        #expect(error?.description == message)
    }

    @Test func `an unknown template is named`() throws {
        let error = #expect(throws: TemplateError.self) { try Templates([:]).render("x", [:]) }
        #expect(error?.message == "Add the template x.")
    }
}

@Suite struct `Templates are refused` {
    @Test(arguments: [
        ("a\nb {{x", "2: Close {{ with }} on the same line."), ("{{x\n}}", "1: Close {{ with }} on the same line."),
        ("{{{x}}", "1: Close {{{ with }}} on the same line."), ("\n{{#if x}}\n\n", "2: Close {{#if x}} with {{/if}}."),
        ("{{#if x}}{{/each}}", "1: Close {{#if x}} with {{/if}}."),
        ("{{#each x}}{{else}}", "1: Close {{#each x}} with {{/each}}."),
        ("{{/if}}", "1: Open with {{#if x}} or {{#each xs}} what is closed here."),
        ("{{else}}", "1: Open with {{#if x}} or {{#each xs}} what is closed here."),
        ("{{#if x}}{{else}}{{else}}{{/if}}", "1: Close {{#if x}} with {{/if}}."),
        ("{{#while x}}", "1: Write {{#if name}} or {{#each name}}."),
        ("{{#if}}", "1: Write {{#if name}} or {{#each name}}."),
        ("{{#if a b}}", "1: Write {{#if name}} or {{#each name}}."),
        ("{{}}", "1: Write a name of letters, digits and _ between the braces."),
        ("{{a..b}}", "1: Write a name of letters, digits and _ between the braces."),
        ("{{a(b)}}", "1: Write a name of letters, digits and _ between the braces."),
        ("{{a b}}", "1: Write a name of letters, digits and _ between the braces."),
        ("{{> c}}", "1: Add the template c, which is included here."),
        ("{{#if x}}\n{{> a}}{{/if}}", "2: Do not let a include itself."),
    ])
    func `for their syntax, with the line`(_ source: String, _ message: String) {
        let error = #expect(throws: TemplateError.self) { try Templates(["a": source]) }
        #expect(error?.description == "a:" + message)
    }

    @Test(arguments: [
        "<script>let a = '{{x}}'</script>", "<SCRIPT>{{x}}</SCRIPT>",
        "<script type=\"application/json\">{{x}}</script>",
        "<style>a { color: {{x}} }</style>", "<!-- {{x}} -->", "<p {{x}}>", "<{{x}}>", "<p class={{x}}>",
        "<p class=a{{x}}>",
        "<p class= {{x}}>", "<p {{x}}=\"a\">", "<p onclick=\"{{x}}\">", "<p ONCLICK='{{x}}'>", "<p style=\"{{x}}\">",
        "<p style=\"color:{{x}}\">", "<iframe srcdoc=\"{{x}}\">", "<a href=\"{{x}}\">", "<a HREF='{{x}}'>",
        "<form action=\"{{x}}\">", "<img src=\"{{x}}\">", "<!doctype {{x}}>", "<a href=\"{{#if x}}/{{/if}}{{x}}\">",
        "<p {{#if x}}href{{else}}title{{/if}}=\"{{x}}\">", "<p title=\"a\" onclick=\"a({{x}})\">",
        "<p title=\"{{{x}}}\">", "<script>{{{x}}}</script>", "<p title=\"{{> b}}\">", "<script></scrip>{{x}}</script>",
        "<a title=\"a\"href=\"{{x}}\">", "<svg><use xlink:href=\"{{x}}\">", "<script>//</script\n{{x}}>",
    ])
    func `for a value where escaping does not make it safe`(_ source: String) {
        #expect(throws: TemplateError.self) { try Templates(["a": source, "b": ""]) }
    }

    @Test(arguments: [
        "{{#if x}}<p title=\"{{/if}}a\">", "{{#if x}}<script>{{/if}}", "{{#each x}}<p {{/each}}>", "<p", "<p title=\"a",
        "<!-- a",
        "<script>", "{{#if x}}<style>{{else}}<p>{{/if}}", "<p title={{#if x}}\"a\"{{else}}b{{/if}}>",
    ])
    func `for a block or a file that does not close what it opens`(_ source: String) {
        #expect(throws: TemplateError.self) { try Templates(["a": source]) }
    }

    @Test func `for including each other`() {
        let error = #expect(throws: TemplateError.self) { try Templates(["a": "{{> b}}", "b": "\n{{> a}}"]) }
        #expect(error?.description == "b:2: Do not let a include itself.")
    }
}
