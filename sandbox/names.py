"""Invented names. Any likeness with a person is chance: first and family names are drawn apart."""

_GIVEN = """
Ada Alma Amir Anika Arlo Asha Beatriz Bram Caleb Camila Celia Dario Delia Dmitri Edda Elio Elodie Emeka Esme
Ezra Farah Felix Flora Gideon Greta Hana Hugo Ida Imani Ines Ivo Jalen Jonas Juno Kamala Keanu Kira Lara Leila
Linus Lucia Maeve Malik Mara Mateo Mei Milo Mina Nadia Nia Noor Odette Omar Orla Otis Paloma Petra Quinn
Rafael Rania Reza Rosa Rowan Ruben Sanjay Saskia Selma Silas Sofia Tadeo Talia Tamsin Theo Thuy Tomas Uma Vera
Viola Wren Xenia Yara Yusuf Zadie Zora Noël José Zoë Åsa
"""
_FAMILY = """
Abara Albrecht Amsel Arkwright Ashgrove Balakian Barrow Belmonte Birchall Blackwood Brandt Cardoso Castellan
Cho Cobbold Dalgaard Darrow Delacroix Devi Dunmore Eastlake Ekwueme Elwood Farrow Ferreira Fenwick Gallo
Garnet Goswami Greenleaf Haddad Halloway Harrow Hightower Ibarra Ilves Jardine Kalu Kessler Kimura Kowal
Larkin Lindqvist Lockhart Lundy Maddox Marchetti Mbeki Merriweather Moss Nakata Novak Oakes Okafor Oduya
Oyelaran Paredes Pemberton Pham Pike Quill Quintero Rahimi Redfern Rivera Rosado Rutledge Sandoval Sato Sayegh
Silveira Sorrel Stavros Sundaram Tavares Thackeray Thornbury Tran Ueda Umarov Valcourt Vance Varga Wadsworth
Weatherby Whitlock Winslow Yilmaz Yoon Zapata Zeller O'Dell Müller Nuñez
"""

GIVEN = tuple(_GIVEN.split())
FAMILY = tuple(_FAMILY.split())
