"""Wide and long."""

from ensel import read_table

WIDE = "item,label,m1,m2\na,yes,yes,no\nb,no,no,\nc,no,yes,?\n"


def test_long_equals_wide(tmp_path, write, same):
    long = (
        "item,model,answer,label\na,m1,yes,yes\na,m2,no,yes\nb,m1,no,no\n"
        "c,m1,yes,no\nc,m2,?,no\n"  # b of m2 is absent altogether
    )
    same(read_table(write(tmp_path, long, "long.csv")), read_table(write(tmp_path, WIDE)))


def test_long_names_do_not_depend_on_what_else_the_file_holds(tmp_path, write):
    two = "item,model,sample,temperature,answer,label\na,m,1,0,x,x\na,m,2,0.0,y,x\nb,m,1,0,y,y\n"
    one = "item,model,sample,temperature,answer,label\na,m,1,0.0,x,x\nb,m,1,0,y,y\n"
    assert read_table(write(tmp_path, two)).query_names == ["m@0.0#1", "m@0.0#2"]
    assert read_table(write(tmp_path, one)).query_names == ["m@0.0#1"]


def test_other_columns(tmp_path, write):
    text = "item,gold,subject,note,m\na,x,law,hm,x\nb,y,law,ah,x\n"
    t = read_table(write(tmp_path, text), label="gold", ignore=["note"])
    assert t.query_names == ["m"]
    assert t.items["subject"].tolist() == ["law", "law"]
