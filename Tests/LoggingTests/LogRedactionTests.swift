import Logging
import Testing

@Suite struct LogRedactionTests {
    @Test(arguments: [
        ("/chat", "/chat"),
        ("/chat?room=5&limit=10", "/chat?room=5&limit=10"),
        ("/ws/chat?token=abc.def", "/ws/chat?token=***"),
        ("/ws?a=1&Access_Token=x&b=2", "/ws?a=1&Access_Token=***&b=2"),
        ("/ws?%74oken=abc", "/ws?%74oken=***"),
        ("/ws?%74%6Fken=abc&x", "/ws?%74%6Fken=***&x"),
        ("/socket.io/?EIO=4&transport=polling&sid=lv_VI97", "/socket.io/?EIO=4&transport=polling&sid=***"),
        ("/chat/1/web?password=p%26q", "/chat/1/web?password=***"),
        ("/x?token", "/x?token"),
        ("/x?token=a=b", "/x?token=***"),
        ("/x#token=abc", "/x"),
        ("https://ann:secret@chat.example/x?y=1", "https://***@chat.example/x?y=1"),
        ("postgresql://u:p@db", "postgresql://***@db"),
        ("/path/with@sign", "/path/with@sign"),
        ("/x?%zz=1&%7=2", "/x?%zz=1&%7=2"),
    ])
    func `what may grant something is taken out of a target`(target: String, shown: String) {
        #expect(LogRedaction.target(target) == shown)
    }
}
