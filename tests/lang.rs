//! The same program in English and Indonesian: by flag, by settings, by the machine's locale.

use crate::world::{finish, program};

async fn said(locale: &str, arguments: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.env("LANG", locale).args(arguments).current_dir("/");
    finish(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_explained_in_the_language_asked_for_else_the_locales() {
    let english = said("C", &["explain", "6"]).await;
    assert!(english.0 == 0 && english.1.contains("what to do: `zmpace check` names"), "{english:?}");
    let indonesian = said("C", &["explain", "6", "--lang", "id"]).await;
    assert!(
        indonesian.0 == 0 && indonesian.1.contains("yang perlu dilakukan: `zmpace check`"),
        "{indonesian:?}"
    );
    assert_eq!(said("id_ID.UTF-8", &["explain", "6"]).await, indonesian);
    assert_eq!(said("id_ID.UTF-8", &["--lang", "en", "explain", "6"]).await, english);
    let (code, out, _) = said("id_ID", &["explain"]).await;
    assert!(code == 0 && out.contains("mailbox di tujuan sudah penuh"), "{out}");
    let (_, page, _) = said("id_ID", &["explain", "--markdown"]).await;
    assert!(page.contains("the destination's mailbox is full"), "what is looked up by a code stays English");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_nobody_wrote_is_refused_with_those_there_are() {
    let (code, _, said) = said("C", &["explain", "6", "--lang", "xx"]).await;
    assert!(code == 2 && said.contains("[possible values: en, id]"), "{said}");
    let (code, _, said) = self::said("C", &["status", "--set", "show.lang=xx"]).await;
    assert!(code == 2 && said.contains("show.lang") && said.contains("\"en\", \"id\""), "{said}");
}
