"""The page in Chromium: two people in a password-protected room, through a crash of the server."""

import os
import pathlib
import tempfile

import harness

PART = "browser"

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
PASSWORD = "correct horse"


class Person:
    """One browser context: somebody at a screen of their own."""

    def __init__(self, url, name, size="desk", scheme="light"):
        width, height = SIZES[size]
        self.context = harness.browser().new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=size == "phone")
        self.context.set_default_timeout(harness.PATIENCE * 1000)
        self.name = name
        self.url = url
        self.problems = []
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self._console(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(url)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.context.close()
        if kind is None:
            assert not self.problems, self.problems

    def enter(self, room, password=PASSWORD, button="join"):
        self.at("door-user").fill(self.name)
        self.at("door-room").fill(room)
        self.at("door-password").fill(password)
        self.at(button).click()

    def at(self, name, **options):
        found = self.page.get_by_test_id(name)
        return found.filter(**options) if options else found

    def says(self, text):
        self.at("composer").fill(text)
        self.at("composer").press("Enter")

    def sees(self, name, text):
        """Waits until an element contains a text."""
        self.at(name, has_text=text).first.wait_for()

    def joined(self):
        self.page.locator(".room:not(.away)").wait_for()

    def texts(self):
        return self.at("text").all_text_contents()

    def screenshot(self, name):
        folder = pathlib.Path(os.environ.get("SCREENSHOTS") or tempfile.gettempdir()) / "parley-screenshots"
        folder.mkdir(exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png")

    def _console(self, text):
        if "Content Security Policy" in text or "Trusted" in text:
            self.problems.append(text)


def server(**variables):
    command = [harness.program("parley"), "serve", "--port", "{port}", "--data", "{data}"]
    return harness.ServerProcess(command, variables)


def test_two_people_chat_through_a_crash():
    house = server()
    with Person(house.url, "Ann") as ann, Person(house.url, "Bob", "phone", "dark") as bob:
        ann.at("suggest").click()
        assert len(ann.at("door-room").input_value()) == 5
        ann.screenshot("door-desk")
        bob.screenshot("door-phone")
        ann.enter("12345", button="create")
        ann.joined()
        bob.enter("12345")
        bob.joined()
        ann.sees("online-count", "2 online")
        ann.sees("people-list", "Bob")
        ann.sees("people-list", "Ann (you)")

        ann.says("Hello Bob <b>&amp;</b>")
        bob.sees("text", "Hello Bob <b>&amp;</b>")
        bob.at("composer").press_sequentially("Hi")
        ann.sees("typing", "Bob is typing…")
        bob.at("composer").press_sequentially(" Ann!\nsecond")
        ann.sees("text", "Hi Ann!")
        bob.at("composer").press("Enter")
        ann.sees("text", "second")
        harness.wait_until(lambda: ann.at("typing").inner_text() == "", "nobody types any more")

        row = ann.at("message", has_text="Hi Ann!")
        row.hover()
        row.get_by_test_id("react").click()
        ann.screenshot("picker-desk")
        row.get_by_test_id("reaction-choice").first.click()
        bob.sees("reaction", "👍 1")
        bob.at("reaction").first.click()
        ann.sees("reaction", "👍 2")
        ann.screenshot("room-desk")
        bob.screenshot("room-phone")
        bob.at("people-toggle").click()
        bob.sees("people-list", "Ann")
        bob.screenshot("people-phone")
        bob.at("people-toggle").click()

        before = ann.texts()
        assert before == ["Hello Bob <b>&amp;</b>", "Hi Ann!", "second"], before
        house.kill()
        ann.sees("connection", "Connection lost")
        ann.says("written while away")
        ann.sees("waiting", "written while away")
        ann.sees("connection", "1 message is waiting")
        ann.screenshot("away-desk")
        bob.screenshot("away-phone")
        house.start()
        bob.sees("text", "written while away")
        ann.joined()
        ann.at("waiting").wait_for(state="detached")
        assert ann.texts() == [*before, "written while away"], ann.texts()
        assert bob.texts() == ann.texts(), bob.texts()
        bob.sees("reaction", "👍 2")

        bob.page.reload()
        bob.joined()
        bob.sees("text", "written while away")
        assert bob.texts() == ann.texts(), bob.texts()
        bob.at("leave").click()
        bob.at("door").wait_for()
        ann.sees("online-count", "1 online")
        bob.page.reload()
        bob.at("door").wait_for()
        assert PASSWORD not in bob.page.url


def test_refusals_are_sentences_at_the_door():
    house = server()
    with Person(house.url, "Ann") as ann:
        ann.at("join").click()
        ann.sees("door-error", "Enter the name")
        ann.enter("12345", password="", button="create")
        ann.sees("door-error", "Choose a password")
        ann.enter("12345")
        ann.sees("door-error", "There is no such room.")
        ann.enter("12345", button="create")
        ann.joined()
        ann.at("leave").click()
        ann.at("door").wait_for()
        ann.enter("12345", button="create")
        ann.sees("door-error", "exists already")
        ann.enter("12345", password="wrong")
        ann.sees("door-error", "This is not the password")
        ann.screenshot("refused-desk")
        ann.enter("12345", password="")
        ann.sees("room", "#")


def test_a_name_in_use_is_refused_at_the_door():
    house = server()
    with Person(house.url, "Ann") as ann, Person(house.url, "Ann") as other:
        ann.enter("12345", button="create")
        ann.joined()
        other.enter("12345")
        other.sees("door-error", "choose another name")
        assert other.at("door-room").input_value() == "12345"


def test_the_lobby_needs_no_password():
    house = server()
    with Person(house.url, "Ann") as ann:
        ann.enter("lobby", password="")
        ann.joined()
        ann.says("hello")
        ann.sees("text", "hello")


def test_a_gap_is_filled_once_and_in_order():
    house = server()
    proxy = harness.Proxy(house.port)
    with Person(house.url, "Ann") as ann, Person(proxy.url, "Bob") as bob:
        ann.enter("12345", button="create")
        ann.joined()
        bob.enter("12345")
        bob.joined()
        ann.says("before")
        bob.sees("text", "before")
        proxy.block()
        bob.sees("connection", "Connection lost")
        for number in range(3):
            ann.says(f"missed {number}")
        ann.sees("text", "missed 2")
        bob.says("from away")
        proxy.unblock()
        bob.joined()
        bob.sees("text", "from away")
        expected = ["before", "missed 0", "missed 1", "missed 2", "from away"]
        assert bob.texts() == expected, bob.texts()
        ann.sees("text", "from away")
        assert ann.texts() == expected, ann.texts()


def test_markup_stays_text_wherever_it_comes_from():
    house = server()
    corpus = [
        "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<svg/onload=alert(1)>", "javascript:alert(1)",
        "\"><iframe srcdoc='<script>alert(1)</script>'>", "&lt;b&gt;", "{{7*7}}", "\u202e\u0000 reversed",
    ]
    with Person(house.url, "<img src=x onerror=alert(1)>") as ann, Person(house.url, "Bob") as bob:
        dialogs = []
        for person in (ann, bob):
            person.page.on("dialog", lambda dialog: [dialogs.append(dialog.message), dialog.dismiss()])
        ann.enter("<b>room</b>", button="create")
        ann.joined()
        bob.enter("<b>room</b>")
        bob.joined()
        for text in corpus:
            ann.says(text)
        bob.sees("text", "reversed")
        assert bob.texts()[:7] == corpus[:7], bob.texts()
        assert bob.page.locator(".timeline :is(img, script, svg, iframe, b, a)").count() == 0
        assert bob.page.locator(".room-header b, .people img").count() == 0
        assert not dialogs


def test_a_refused_message_says_why_and_can_be_deleted():
    house = server(PARLEY_MESSAGE_LENGTH="10")
    with Person(house.url, "Ann") as ann:
        ann.enter("12345", button="create")
        ann.joined()
        ann.says("far too long for this server")
        ann.sees("waiting", "Not sent: ")
        ann.says("short")
        ann.sees("text", "short")
        ann.at("retry").click()
        ann.sees("waiting", "Not sent: ")
        ann.at("delete").click()
        ann.at("waiting").wait_for(state="detached")
        assert ann.texts() == ["short"]


def test_the_served_client_works_as_script_and_as_module():
    house = server()
    with Person(house.url, "Ann") as ann:
        page = "<!doctype html><title>x</title><script src='/socket.io/socket.io.js'></script>"
        ann.page.route("**/plain.html", lambda route: route.fulfill(body=page, content_type="text/html"))
        ann.page.goto(f"{house.url}/plain.html")
        connect = "new Promise((resolve) => io('/', {forceNew: true}).on('connect', () => resolve(io.protocol)))"
        assert ann.page.evaluate(connect) == 5
        module = "import('/socket.io/socket.io.esm.min.js').then(({ io, default: same, Manager }) => [io === same, "
        assert ann.page.evaluate(f"{module} typeof Manager, {connect}])")[:2] == [True, "function"]


def test_a_long_room_opens_at_its_end_and_goes_back_in_pages():
    house = server()
    with Person(house.url, "Ann") as ann:
        ann.enter("long", button="create")
        ann.joined()
        for number in range(130):
            ann.says(f"message {number}")
        ann.sees("text", "message 129")
        ann.page.reload()
        ann.joined()
        ann.sees("text", "message 129")
        assert ann.texts() == [f"message {number}" for number in range(30, 130)], ann.texts()
        assert ann.at("text").last.is_visible()
        ann.at("earlier").click()
        ann.sees("text", "message 0")
        assert ann.texts() == [f"message {number}" for number in range(130)]
        assert ann.at("earlier").is_hidden()
        ann.screenshot("long-desk")


if __name__ == "__main__":
    harness.alone(__file__)
